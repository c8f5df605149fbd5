"""Which session asks, and whether another one is still there."""

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def current() -> str:
    """The name of the session that asks; empty outside of any."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def alive(session: str) -> bool:
    """Whether somebody still looks at that session: its page was not closed or loaded anew."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session)
