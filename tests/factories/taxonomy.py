"""Code lists for tests, made only as far as a test needs them."""

import factory

from taxonomy.models import CodeList, Industry, Region, RegionLevel, Term


class CodeListFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CodeList
        django_get_or_create = ("slug",)

    slug = "field-data"
    name = "领域"
    source = "测试"
    edition = "1"


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "440000"
    name = "广东省"
    short_name = "广东"
    level = RegionLevel.PROVINCE
    edition = "2024"
    pinyin_key = "guang3dong1"


class IndustryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Industry
        django_get_or_create = ("code",)

    code = "26"
    name = "化学原料和化学制品制造业"
    level = 2


class TermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Term
        django_get_or_create = ("code_list", "code")

    code_list = factory.SubFactory(CodeListFactory)
    code = "new-materials"
    name = "新材料"


def guangdong() -> Region:
    return RegionFactory()


def zhongshan() -> Region:
    return RegionFactory(
        code="442000", name="中山市", short_name="中山", level=RegionLevel.CITY,
        parent=guangdong(), pinyin_key="zhong1shan1",
    )  # fmt: skip


def chengdu() -> Region:
    sichuan = RegionFactory(code="510000", name="四川省", short_name="四川", pinyin_key="si4chuan1")
    return RegionFactory(
        code="510100", name="成都市", short_name="成都", level=RegionLevel.CITY,
        parent=sichuan, pinyin_key="cheng2du1",
    )  # fmt: skip


def process_kind(**values) -> Term:
    """A kind of process with the words it is recognised by."""
    code_list = CodeListFactory(slug="process-kind", name="工艺类别")
    values = {"code": "polymerisation", "name": "聚合", "description": "聚合、缩聚"} | values
    return TermFactory(code_list=code_list, **values)
