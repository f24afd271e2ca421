"""Pages of the work after an award."""

from django.urls import path

from .views import workspace

urlpatterns = [
    path("workspaces/", workspace.workspace_list, name="workspace_list"),
    path("workspaces/<uuid:public_id>/", workspace.workspace, name="workspace"),
    path("workspaces/<uuid:public_id>/level/", workspace.level, name="workspace_level"),
    path("workspaces/<uuid:public_id>/milestones/new/", workspace.milestone_add, name="milestone_add"),
    path("workspaces/milestones/<uuid:public_id>/", workspace.milestone_edit, name="milestone_edit"),
    path("workspaces/milestones/<uuid:public_id>/step/", workspace.milestone_step, name="milestone_step"),
    path("workspaces/<uuid:public_id>/updates/new/", workspace.update_add, name="update_add"),
    path("workspaces/updates/<uuid:public_id>/remove/", workspace.update_remove, name="update_remove"),
    path("workspaces/<uuid:public_id>/results/new/", workspace.result_add, name="result_add"),
    path("workspaces/results/<uuid:public_id>/remove/", workspace.result_remove, name="result_remove"),
    path("workspaces/<uuid:public_id>/report/", workspace.closing_report, name="closing_report"),
]
