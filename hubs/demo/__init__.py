"""The demo country: invented people and real places, written for this project."""
