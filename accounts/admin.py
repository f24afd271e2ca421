"""People, organisations and profiles for operators: mostly read; their owners are those who change them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .actions import new_claim_link
from .models import Consent, Invitation, Membership, Organisation, Person, Profile, ProfileItem, User


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look things up."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.model._meta.fields]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ("purpose", "granted", "notice_version", "at")
    readonly_fields = ("at",)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """Operators name an owner where none is left."""

    model = Membership
    extra = 0
    raw_id_fields = ("person",)


class ItemInline(ReadOnlyInline):
    model = ProfileItem
    fields = ("role", "position", "language", "kind", "title", "text", "year", "link")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(ReadOnly):
    """Only whether somebody may sign in, and what they may do here, is changed."""

    list_display = ("email", "person", "language", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "language")
    list_select_related = ("person",)
    search_fields = ("email", "person__name")
    ordering = ("email",)
    exclude = ("password",)
    filter_horizontal = ("groups", "user_permissions")
    CHANGEABLE = ("is_active", "is_staff", "is_superuser")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = super().get_readonly_fields(request, obj)
        may = self.CHANGEABLE if request.user.is_superuser else ("is_active",)
        return [name for name in fixed if name not in may]


@admin.register(Person)
class PersonAdmin(ReadOnly):
    list_display = ("name", "user", "erased_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    inlines = (ConsentInline,)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ("name", "kind", "state", "confirmed_at", "is_demo")
    list_filter = ("kind", "state", "is_demo")
    search_fields = ("search_text",)
    inlines = (MembershipInline,)


@admin.register(Profile)
class ProfileAdmin(ReadOnly):
    list_display = ("__str__", "kind", "state", "visibility", "confirmed_at", "claimed_at", "source")
    list_filter = ("kind", "visibility", ("claimed_at", admin.EmptyFieldListFilter), "state", "is_demo")
    list_select_related = ("person__user", "organisation")
    search_fields = ("search_text",)
    inlines = (ItemInline,)
    actions = ("make_claim_links",)

    @admin.action(description=_("Make a one-use claim link for each (shown once)"))
    def make_claim_links(self, request: HttpRequest, queryset: QuerySet[Profile]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin is for staff
        for profile in queryset:
            try:
                link = new_claim_link(profile=profile, by=request.user)
            except ValidationError as error:
                self.message_user(request, f"{profile}: {' '.join(error.messages)}", messages.WARNING)
            else:
                self.message_user(request, f"{profile}: {link}")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("__str__", "role", "created_at", "expires_at", "used_at")
    list_select_related = ("organisation", "profile__person__user", "profile__organisation")
    exclude = ("token_hash",)
