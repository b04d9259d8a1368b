"""The main job, driven through HTTP as a partner would: a consented film, a refusal, two stops, an offline audit.

Everything printed was read from the running system, and checked before it was printed. A step that misbehaves raises
:class:`DemoFailed`, and the command ends non-zero.
"""
