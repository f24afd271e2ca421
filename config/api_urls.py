"""The API URL table."""
urlpatterns: list[object] = []
