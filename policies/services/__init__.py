"""The only writers of public content."""

from core.activity import register_actions
from policies.services.content import (
    attach_file,
    create_content,
    edit_content,
    move_content,
    remove_file,
)
from policies.services.starting_data import load_policies

VERBS = {
    "create": "新建了草稿",
    "edit": "编辑了内容",
    "publish": "发布了内容",
    "withdraw": "撤下了内容",
    "republish": "重新发布了内容",
    "attach": "添加了附件",
    "remove_file": "移除了附件",
    "load": "从公开资料导入",
}
register_actions(
    {
        f"policies.{model}.{verb}": sentence
        for model in ("policydocument", "interpretation", "news", "topic")
        for verb, sentence in VERBS.items()
    }
)
