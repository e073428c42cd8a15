# Shared by all configs here that people train on a CPU
cpu_hooks = [dict(type='mmpose.ChannelsLastHook')]
