"""What ``mmpose-addons adapt`` and ``train --labelled`` do: data, configs, training, tests."""
