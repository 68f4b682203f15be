"""Public content in any state, published unless said: `DocumentFactory(status=…)`."""

from datetime import UTC, datetime

import factory

from policies.enums import ContentStatus
from policies.models import Interpretation, News, PolicyDocument, Topic, TopicItem
from tests.factories.taxonomy import guangdong


class ContentFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    summary = "支持中试平台建设。"
    issuer = "广东省科学技术厅"
    region = factory.LazyFunction(guangdong)
    status = ContentStatus.PUBLISHED
    published_at = datetime(2026, 11, 1, 2, tzinfo=UTC)


class DocumentFactory(ContentFactory):
    class Meta:
        model = PolicyDocument

    slug = factory.Sequence(lambda n: f"zc-test-{n}")
    title = factory.Sequence(lambda n: f"中试平台管理办法{n}")


class InterpretationFactory(ContentFactory):
    class Meta:
        model = Interpretation

    slug = factory.Sequence(lambda n: f"jd-test-{n}")
    title = factory.Sequence(lambda n: f"政策解读{n}")


class NewsFactory(ContentFactory):
    class Meta:
        model = News

    slug = factory.Sequence(lambda n: f"dt-test-{n}")
    title = factory.Sequence(lambda n: f"动态{n}")


class TopicFactory(ContentFactory):
    """A topic; `pieces=[…]` puts published pieces into it, in this order."""

    class Meta:
        model = Topic
        exclude = ("issuer",)
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"zt-test-{n}")
    title = factory.Sequence(lambda n: f"专题{n}")

    @factory.post_generation
    def pieces(self, _create, extracted, **_kwargs):
        for position, piece in enumerate(extracted or [], start=1):
            place = {PolicyDocument: "document", News: "news"}.get(type(piece), "interpretation")
            TopicItem.objects.create(topic=self, position=position, **{place: piece})
