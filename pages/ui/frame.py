"""What surrounds every page: language, navigation, title, and the link that holds the state."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path

import streamlit as st

from normlib import NormError
from pages.ui import fit, state, text
from pages.ui.text import t

STATE, WRITTEN, PAGE, ARRIVAL = "_state", "_written", "_page", "_arrival"
HOUSE = "_house"  # only while app.py runs
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
ICON = Path(__file__).parents[2] / "assets" / "icon.png"


def run(sections: Mapping[str, Sequence[str]]) -> None:
    """Draw the frame and the current page. Sections name their pages: files in pages/."""
    st.session_state[HOUSE] = True
    try:
        _run(sections)
    finally:
        del st.session_state[HOUSE]


def enter(name: str) -> None:
    """First line of every page: heal the first visit of a fresh server by deep link.

    Streamlit then runs the page file without app.py; go through app.py and come back.
    """
    if not st.session_state.get(HOUSE):
        st.session_state[ARRIVAL] = (name, st.query_params.to_dict())
        st.switch_page("app.py")


def values() -> state.State:
    """The state of this session, as the link holds it."""
    return st.session_state[STATE]


def link(**changed: state.Value) -> dict[str, str]:
    """The parameters of a link that leads to the present state, some fields changed."""
    return state.to_query(fit.fitted({**values(), **changed}))


def live(part: Callable[[], None]) -> Callable[[], None]:
    """A part of a page that answers its own widgets, without a run of the whole page.

    Only the part is computed and sent anew. Fields of the link are kept as everywhere, and what
    cannot be done is said in place of the part. Only its own widgets and texts may change in it.
    """

    @st.fragment
    @wraps(part)
    def run() -> None:
        found, before = st.session_state.to_dict(), values()
        _keep({key: found.get(key, before[key]) for key in state.FIELDS}, found)
        _say_problems(part)

    return run


def _run(sections: Mapping[str, Sequence[str]]) -> None:
    query = st.session_state.get(ARRIVAL, (None, st.query_params))[1]
    st.session_state.setdefault("lang", state.from_query(query)["lang"])
    names = [name for section in sections.values() for name in section]
    pages = {name: _page(name, default=name == names[0]) for name in names}
    current = st.navigation(list(pages.values()), position="hidden")
    if ARRIVAL in st.session_state:
        name, query = st.session_state.pop(ARRIVAL)
        st.switch_page(pages[name], query_params=query)
    name = next(name for name, page in pages.items() if page == current)
    refused = _synchronize(name)
    st.set_page_config(page_title=t(f"pages.{name}.title"), layout="wide", page_icon=ICON)
    _menu(sections, pages)
    _head(name, refused)
    _say_problems(current.run)
    _foot(pages, names, names.index(name))


def _synchronize(page: str) -> dict[str, str]:
    """Bring link, state and widgets together; returns what the link asked for in vain."""
    session, query = st.session_state, st.query_params.to_dict()
    found = session.to_dict()  # once: every single look-up takes a lock
    kept: state.State = found.get(STATE) or state.defaults()
    language = kept["lang"]
    kept |= {key: found[key] for key in state.FIELDS if key in found}
    moved = found.get(PAGE) != page and PAGE in found
    session[PAGE] = page
    refused: dict[str, str] = {}
    arrived = query != found.get(WRITTEN) and (query or not moved)
    wanted = state.from_query(query, refused.__setitem__) if arrived else kept
    anew = arrived or moved or language != wanted["lang"]  # widgets of a page or of other words
    kept = _keep(wanted, found, anew=anew)
    if arrived:
        refused |= {key: query[key] for key in kept if key in query and kept[key] != wanted[key]}
    return refused


def _keep(wanted: state.State, found: Mapping[str, object], *, anew: bool = False) -> state.State:
    """Keep the state in the session, in its widgets and in the link; returns it as it fits.

    What stops fitting when a slider moves gives way in silence. Widgets that the last run did not
    draw get their values back.
    """
    kept, own = fit.fitted(wanted), state.fields_of(st.session_state[PAGE])
    for key in own:
        if anew or found.get(key) != kept[key]:
            st.session_state[key] = kept[key]
    for key in found.keys() & kept.keys() - set(own):
        del st.session_state[key]  # of another page: every widget looks through all that is kept
    written = state.to_query(kept)
    st.session_state[STATE], st.session_state[WRITTEN] = kept, written
    if st.query_params.to_dict() != written:
        st.query_params.from_dict(written)
    return kept


def _say_problems(part: Callable[[], None]) -> None:
    """Run a page, or a part; it stays, with its controls, and says what would fit."""
    try:
        part()
    except NormError as problem:
        st.warning(text.error(problem), icon=":material/info:")


def _page(name: str, default: bool) -> st.Page:
    return st.Page(f"pages/{name}.py", title=t(f"pages.{name}.title"), default=default)


def _menu(sections: Mapping[str, Sequence[str]], pages: Mapping[str, st.Page]) -> None:
    """The pages in their sections; Streamlit's own menu puts them into an invalid list."""
    for key, names in sections.items():
        st.sidebar.caption(t(f"sections.{key}"))
        for name in names:
            st.sidebar.page_link(pages[name])


def _head(name: str, refused: Mapping[str, str]) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.segmented_control(
            t("frame.language"), state.LANGUAGES, key="lang", required=True,
            format_func=lambda key: LANGUAGE_NAMES[key], label_visibility="collapsed",
        )  # fmt: skip
    st.title(t(f"pages.{name}.heading"), anchor=False)
    for key, value in refused.items():
        shown = values()[key]
        if shown == state.METHODS_OWN:
            shown = t("frame.own")
        st.warning(t("frame.refused", key=key, value=text.plain(value[:40]), shown=shown))


def _foot(pages: Mapping[str, st.Page], names: Sequence[str], at: int) -> None:
    st.divider()
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if at > 0:
            st.page_link(
                pages[names[at - 1]], icon=":material/arrow_back:",
                label=t("frame.previous", title=t(f"pages.{names[at - 1]}.title")),
            )  # fmt: skip
        if at + 1 < len(names):
            st.page_link(
                pages[names[at + 1]], icon=":material/arrow_forward:",
                label=t("frame.next", title=t(f"pages.{names[at + 1]}.title")),
            )  # fmt: skip
