"""``python -m mmpose_addons_cli COMMAND``, for a checkout that is not installed."""

from .main import main

raise SystemExit(main())
