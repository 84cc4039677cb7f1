"""The page as a browser shows it: readable on a phone, in the dark, printed; nothing complained about, nothing asked for."""

import pytest
from browser import Browser, program
from page_world import ZONES, planned, verified

from deploys.page import page

pytestmark = pytest.mark.skipif(program() is None, reason="there is no Chromium here to show the page: apt-get install chromium")

WIDTHS = (360, 768, 1280)

LEAST_CONTRAST = 4.5
"""Of text; of lines that mean something it is 3. Source: https://www.w3.org/TR/WCAG22/#contrast-minimum"""

LEAST_TEXT = 11
"""Pixels of the smallest letters, those of the picture on a phone."""

CONTRASTS = """(() => {
  const rgb = (colour) => { const c = colour.match(/[\\d.]+/g).map(Number); return c.length < 4 || c[3] > 0 ? c : null };
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c } };
  const found = [], page = rgb(getComputedStyle(document.body).backgroundColor);
  for (const detail of document.querySelectorAll('details')) detail.open = true;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim(), style = getComputedStyle(e);
    if (!text) continue;
    const drawn = e.tagName === 'text', box = drawn && e.parentElement.tagName !== 'svg' && getComputedStyle(e.parentElement.querySelector('rect'));
    const size = parseFloat(style.fontSize) * (drawn ? e.getScreenCTM().a : 1);
    found.push([ratio(rgb(drawn ? style.fill : style.color), box ? rgb(box.fill) : ground(e)), text, size]);
    if (box) found.push([ratio(rgb(box.stroke), page) * 1.5, 'frame of ' + text, size]);
  }
  return found;
})()"""
"""Contrast, text and size of every piece of text; frames count with what makes their bar that of text."""

PICTURE_FITS = (
    "[...document.querySelectorAll('svg g, svg a')].filter((e) => e.querySelector('text').getBBox().width > e.querySelector('rect').getBBox().width - 8).length"
)


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A page with all there is on it: what works, what does not, what differs, what is to be made and removed."""
    file = tmp_path_factory.mktemp("page") / "run.html"
    verify = verified("Deployment airflow-dag-processor", down=ZONES[1], drift=4)
    records = {"a": verify, "b": planned(most=40, enable_kubecost=False), "c": planned("cleanup", most=40)}
    file.write_text(page(records), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(browser, shown, width, scheme):
    browser.said.clear()
    browser.asked.clear()
    browser.open(shown, width, scheme=scheme)
    pieces = browser.ask(CONTRASTS)
    assert len(pieces) > 400
    assert [piece for piece in pieces if piece[0] < LEAST_CONTRAST] == []
    assert [piece for piece in pieces if piece[2] < LEAST_TEXT] == []
    assert browser.ask("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    assert browser.ask(PICTURE_FITS) == 0, "no text is wider than its box"
    assert browser.picture(shown.with_name(f"{scheme}-{width}.png")).stat().st_size > 10_000
    assert browser.said == []
    assert browser.asked == [shown.as_uri()]


def test_both_schemes_are_there(browser, shown):
    grounds = []
    for scheme in ("light", "dark"):
        browser.open(shown, 768, scheme=scheme)
        grounds.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(14, 17, 22)"]


def test_what_is_folded_is_printed(browser, shown):
    folded = "getComputedStyle(document.querySelector('details:not([open])'), '::details-content').contentVisibility"
    browser.open(shown, 768)
    assert browser.ask(folded) == "hidden"
    browser.open(shown, 768, media="print")
    assert browser.ask(folded) == "visible"
