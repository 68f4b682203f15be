"""Words of the activity log in templates."""

from django import template

from accounts import selectors
from core.activity import sentence
from core.models import ActivityLog

register = template.Library()

# what a browser calls itself → what people call it; the first that is found names it
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge"),
    ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "鸿蒙设备"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"), ("Mac OS", "Mac 电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip


@register.simple_tag
def identity_providers() -> dict[str, str]:
    """Id and name of each configured identity provider."""
    return selectors.identity_providers()


@register.filter
def what_happened(row: ActivityLog) -> str:
    """What the action reads like for a person."""
    return sentence(row.action)


@register.filter
def browser_name(user_agent: str) -> str:
    """What a browser says of itself in plain words: `Chrome，Windows 电脑`."""
    found = (
        next((word for mark, word in BROWSERS if mark in user_agent), "其他浏览器"),
        next((word for mark, word in SYSTEMS if mark in user_agent), ""),
    )
    return "，".join(filter(None, found))
