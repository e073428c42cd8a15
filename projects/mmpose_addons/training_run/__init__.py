"""What ``mmpose-addons adapt`` and ``fit`` do: data, configs, training, tests."""
