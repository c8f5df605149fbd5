"""Long work on a page: a button that begins it, its progress, and a button that ends it."""

import logging
from collections.abc import Hashable
from typing import Any

import streamlit as st

from normlib import NormError
from pages.ui.jobs import BusyError, Function, Job, Jobs
from pages.ui.sessions import current as _session
from pages.ui.text import t

LOOK = 0.4  # seconds between two looks at a job that runs
_jobs = Jobs()


def result(key: Hashable, function: Function, *, label: str, at_once: bool = False) -> Any | None:
    """What a function gives; until then None, with a button, or progress and a way to cancel.

    The work is done in the background and goes on while the reader visits other pages, or loads
    this one anew. Whoever asks with the same key gets the same result, at once if it is known.

    Args:
        key: all that the result depends on; the first part names the function.
        function: ``report -> result``. It calls ``report(share)`` often; what that raises has to
            come out of it. It may not use Streamlit, nor anything that sessions share and change.
        label: what the button says.
        at_once: begin without being asked, unless this session cancelled it.
    """
    job = _jobs.find(key, _session())
    if job is not None and job.state == "done":
        return job.result
    if job is not None and job.state == "failed":
        _tell(job)
        job = None
    elif job is None and at_once and not _jobs.left(key, _session()):
        job = _begin(key, function)
    # The button stays, and rests: the browser may keep one that another element has replaced.
    st.button(label, icon=":material/play_arrow:", key=f"_begin_{key[0]}",  # type: ignore[index]
              on_click=_begin, args=(key, function), disabled=job is not None)  # fmt: skip
    if job is not None:
        st.fragment(_watch, run_every=LOOK)(key, job)
    return None


def _begin(key: Hashable, function: Function) -> Job | None:
    try:
        return _jobs.ask(key, function, _session())
    except BusyError:
        st.toast(t("work.busy"), icon=":material/hourglass_top:")
        return None


def _watch(key: Hashable, job: Job) -> None:
    """Progress, looked at again and again; the page is drawn anew once there is a result."""
    if job.ended or _jobs.find(key, _session()) is not job:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        said = t(f"work.{job.state}", percent=f"{100 * job.share:.0f}")
        st.progress(min(job.share, 1.0), text=said, width=320)
        st.button(t("work.cancel"), icon=":material/close:", key="_cancel",
                  on_click=_jobs.leave, args=(key, _session()))  # fmt: skip


def _tell(job: Job) -> None:
    """What went wrong, in a sentence."""
    if isinstance(job.error, NormError):
        raise job.error
    logging.getLogger(__name__).error("a job failed", exc_info=job.error)
    st.warning(t("work.failed"), icon=":material/info:")
