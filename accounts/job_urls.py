"""Pages of long work."""

from django.urls import path

from .views import jobs

urlpatterns = [
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/new/<slug:kind>/", jobs.job_new, name="job_new"),
    path("jobs/<uuid:public_id>/", jobs.job, name="job"),
    path("jobs/<uuid:public_id>/file/", jobs.job_file, name="job_file"),
    path("jobs/<uuid:public_id>/stop/", jobs.job_stop, name="job_stop"),
]
