"""The look keeps its promises: colours in one file, contrast, no inline code, every part shown."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django_cotton.compiler_regex import CottonCompiler

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
UI = ROOT / "templates" / "ui"
TOKENS = (CSS / "tokens.css").read_text()

# what is read, on which ground; 4.5:1 is WCAG 2.1 AA for text, 3:1 for borders of controls
TEXT = [
    (text, ground)
    for text in ("ink", "ink-2", "ink-3", "accent", "accent-strong", "warm", "ok", "warn", "danger")
    for ground in ("canvas", "surface")
]
TEXT += [("ink-3", "sunk"), ("accent", "accent-soft"), ("accent-strong", "accent-soft")]
TEXT += [("on-accent", name) for name in ("accent", "accent-strong", "warm", "warm-strong")]
TEXT += [(tone, f"{tone}-soft") for tone in ("ok", "warn", "danger", "unknown", "warm")]
TEXT += [("ink", "mark"), ("on-deep", "deep"), ("on-deep-2", "deep")]


def theme(name: str) -> dict[str, str]:
    """Colours of a theme: the light ones, overridden by those of the block `name`."""
    starts = {
        "light": ":root {",
        "dark": "@media (prefers-color-scheme: dark)",
        "care": ":root.care {",
    }
    colours: dict[str, str] = {}
    for start in (starts["light"], starts[name]):
        block = TOKENS[TOKENS.index(start) :]
        colours |= re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[: block.index("\n  }")])
    return colours


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_stand_in_the_tokens_only():
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")

    strays = [
        f"{sheet.name}: {line.strip()}"
        for sheet in CSS.glob("*.css")
        if sheet.name != "tokens.css"
        for line in sheet.read_text().splitlines()
        if colour.search(line)
    ]

    assert strays == []


@pytest.mark.parametrize("name", ["light", "dark", "care"])
def test_text_has_contrast_in_every_theme(name):
    colours = theme(name)

    weak = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in TEXT
        if contrast(colours[text], colours[ground]) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("name", ["light", "dark", "care"])
def test_controls_have_visible_borders_in_every_theme(name):
    colours = theme(name)

    assert contrast(colours["line-strong"], colours["surface"]) >= 3


def test_templates_hold_no_inline_code():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE)
    script = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))", re.IGNORECASE)

    strays = [
        str(page.relative_to(ROOT))
        for page in (ROOT / "templates").rglob("*.html")
        if inline.search(page.read_text()) or script.search(page.read_text())
    ]

    assert strays == []


def test_every_component_is_in_the_crib_and_used():
    crib = (ROOT / "docs" / "components.md").read_text()
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    names = [page.stem.replace("_", "-") for page in UI.glob("[a-z]*.html")]

    missing = [name for name in names if f"c-{name}" not in crib]
    unused = [name for name in names if not re.search(rf"<c-{name}[\s/>]", pages)]

    assert missing == []
    assert unused == []


def test_icons_named_in_templates_exist():
    sprite = (ROOT / "static" / "vendor" / "lucide" / "icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    pages = [page.read_text() for page in (ROOT / "templates").rglob("*.html")]

    named = {name for page in pages for name in re.findall(r'<c-icon name="([\w-]+)"', page)}
    named |= {name for page in pages for name in re.findall(r'\sicon="([\w-]+)"', page)}

    assert named - known == set()


@pytest.mark.django_db
def test_styleguide_shows_every_component(client, settings):
    settings.DEBUG = True

    response = client.get("/styleguide/")

    assert response.status_code == 200
    assert "{%" not in response.content.decode()
    assert "{{" not in response.content.decode()


@pytest.mark.django_db
def test_styleguide_is_hidden_without_debug(client):
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept", "target"),
    [("1", "1", "/about/"), ("0", "0", "/about/"), ("nonsense", "0", "/about/")],
)
def test_care_mode_is_kept_in_a_cookie(client, given, kept, target):
    response = client.post("/care-mode/", {"care": given, "next": target})

    assert response.status_code == 302
    assert response.url == target
    assert response.cookies["care"].value == kept


@pytest.mark.django_db
def test_care_mode_never_leaves_the_site(client):
    response = client.post("/care-mode/", {"care": "1", "next": "https://elsewhere.example/"})

    assert response.url == "/"


@pytest.mark.django_db
def test_care_mode_marks_the_page(client):
    client.cookies["care"] = "1"

    page = client.get("/about/").content.decode()

    assert '<html lang="zh-Hans" class="care">' in page


@pytest.mark.django_db
def test_a_missing_page_wears_the_look(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()


def test_the_failure_page_needs_neither_request_nor_database():
    page = render_to_string("errors/500.html")

    assert "系统出现错误" in page


def test_names_with_special_letters_read_right_in_breadcrumbs():
    source = (
        """<c-breadcrumbs :items="[{'label': '{{ name }}', 'url': '/'}, {'label': '填写'}]" />"""
    )
    page = Template(CottonCompiler().process(source))

    html = page.render(Context({"name": "R&D <中试>'基地'"}))

    assert "R&amp;D &lt;中试&gt;&#x27;基地&#x27;" in html
