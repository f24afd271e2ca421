"""The list of what concerns somebody."""

from django.urls import path

from .views import news

urlpatterns = [
    path("my/news/", news.news, name="news"),
    path("my/news/read/", news.news_read, name="news_read"),
    path("my/letters/again/", news.letters_again, name="letters_again"),
    path("my/news/<int:item_id>/", news.news_open, name="news_open"),
]
