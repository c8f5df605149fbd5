"""The page list. `streamlit run app.py` serves the app; everything else lives in pages/."""

from pages.ui import frame

frame.run({
    "start": ["home"],
    "learn": ["groups", "steps"],
    "practice": ["training", "sequences", "equal", "breaking"],
    "change": ["pictures", "whitening", "recovering", "gradients", "workbench"],
    "smoothness": ["smooth", "santurkar", "rates", "surface", "lab"],
    "reference": ["choosing", "methods"],
})  # fmt: skip
