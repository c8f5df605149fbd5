"""The topics of the page "Training and prediction", one at a time."""
