"""Pages of responses and of their evaluation."""

from django.urls import path

from .views import evaluation, responses

urlpatterns = [
    path("responses/", responses.response_list, name="response_list"),
    path("challenges/<uuid:public_id>/respond/", responses.response_new, name="response_new"),
    path("responses/<uuid:public_id>/", responses.response, name="response"),
    path("responses/<uuid:public_id>/edit/", responses.response_edit, name="response_edit"),
    path("responses/<uuid:public_id>/withdraw/", responses.response_withdraw, name="response_withdraw"),
    path("challenges/<uuid:public_id>/evaluation/", evaluation.evaluation, name="evaluation"),
    path(
        "challenges/<uuid:public_id>/evaluation/invite/", evaluation.evaluator_invite, name="evaluator_invite"
    ),
    path("evaluations/<uuid:public_id>/", evaluation.evaluator, name="evaluator"),
    path("evaluations/<uuid:public_id>/<uuid:response_id>/", evaluation.score, name="score"),
    path("evaluations/<uuid:public_id>/<uuid:response_id>/conflict/", evaluation.conflict, name="conflict"),
]
