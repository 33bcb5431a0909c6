"""The sidebar: shows what agent_assist says and passes on what the person does."""
