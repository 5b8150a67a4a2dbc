"""A task for others: its preview, its address, and the notice to hang up."""
import re

import pytest
from sqlalchemy import update

from app.base.db import db
from app.tasks.models import Task
from app.tasks.states import Task as TaskState
from app.tasks.views.sharing import qr
from tests.tasks.builders import change

PAGES = ["/attivita/{task}/condividi", "/attivita/{task}/avviso"]


def meta(page) -> dict[str, str]:
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in page.soup.select("head meta[content]")}


@pytest.mark.parametrize("path", ["/attivita/{task}", PAGES[0]])
def test_a_preview_says_what_it_is_and_where(client, board, path):
    page = client.visit(path.format(task=board.task))
    told = meta(page)
    assert told["og:title"] == "Riordino della biblioteca - Alessandria"
    assert told["og:description"] == told["description"] == "Rimettiamo i libri al loro posto."
    assert told["og:url"] == page.soup.select_one("link[rel=canonical]")["href"] == f"http://localhost/attivita/{board.task}"
    assert re.fullmatch(r"http://localhost/static/share\.[0-9a-f]{8}\.png", told["og:image"])
    assert client.get(told["og:image"], buffered=True).data.startswith(b"\x89PNG")


def test_words_in_a_task_are_no_tags(client, app, board):
    with change(app):
        db.session.execute(update(Task).where(Task.id == board.task).values(title='Orto"><script>alert(1)</script>', summary="a & b"))
    for path in ("/attivita/{task}", *PAGES):
        page = client.visit(path.format(task=board.task))
        assert not [tag for tag in page.soup.select("script") if "alert" in tag.get_text()]
    assert meta(client.visit(f"/attivita/{board.task}"))["og:description"] == "a & b"


def test_the_address_can_be_sent_without_asking_anybody_else(client, board):
    page = client.visit(PAGES[0].format(task=board.task))
    assert page.soup.find(id="address")["value"] == f"http://localhost/attivita/{board.task}"
    outside = [link["href"] for link in page.soup.select("main a[href]") if not link["href"].startswith(("/", "#"))]
    assert [address.split(":")[0] for address in outside] == ["mailto", "sms"]
    assert "%20" in outside[0] and "+" not in outside[0]


def test_the_notice_has_the_shifts_and_the_code_of_the_address(client, board):
    page = client.visit(PAGES[1].format(task=board.task))
    assert "sabato 6 giugno 2026, 10:00–13:00" in page.words and f"localhost/attivita/{board.task}" in page.words
    drawn = page.soup.select_one("svg.qr path[stroke]")["d"]
    assert drawn in str(qr(f"http://localhost/attivita/{board.task}")) and drawn not in str(qr("http://localhost/attivita/999"))
    assert page.soup.select_one("[role=img]")["aria-label"]


@pytest.mark.parametrize("path", PAGES)
def test_what_is_not_on_the_board_yet_is_not_shared(client, app, board, path):
    with change(app):
        db.session.execute(update(Task).where(Task.id == board.task).values(state=TaskState.DRAFT))
    assert client.get(path.format(task=board.task)).status_code == 404
    assert client.get(path.format(task=999)).status_code == 404
