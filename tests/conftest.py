import os

from hypothesis import settings

settings.register_profile("normlib", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("normlib")
