"""What the API says about its caller."""

from __future__ import annotations

from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.enums import OrganisationStatus, Role, Scope


class OwnRoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    label = serializers.CharField(source="get_role_display")  # type: ignore[assignment]
    organisation = serializers.IntegerField(source="organisation_id", allow_null=True)
    region = serializers.CharField(source="region_id", allow_null=True)


class OwnOrganisationSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    region = serializers.CharField(source="region_id")
    status = serializers.ChoiceField(choices=OrganisationStatus.choices)
    is_demo = serializers.BooleanField()


class MeSerializer(serializers.Serializer):
    """The caller: person, roles in force, organisations, and the scopes of the token used."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = OwnRoleSerializer(source="assignments", many=True)
    organisations = OwnOrganisationSerializer(many=True)
    scopes = serializers.SerializerMethodField()
    token_expires_at = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(Scope.choices), allow_null=True)
    )
    def get_scopes(self, user: object) -> list[str] | None:
        """None when signed in by session: then nothing but the roles limits the caller."""
        token = self.context["request"].auth
        return token.scopes if token is not None else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_token_expires_at(self, user: object) -> datetime | None:
        token = self.context["request"].auth
        return token.expires_at if token is not None else None
