"""What ``tools/benchmarks/adaptation.py`` is made of: tasks, their runs, and the table."""
