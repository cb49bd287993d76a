"""What the analyser's findings and cures say in English."""

from __future__ import annotations

from collections.abc import Mapping

FINDINGS: Mapping[str, tuple[str, str]] = {
    "unknown_skill": (
        "There is no skill {name}",
        "It is asked for or held here and not in the list of skills.",
    ),
    "unknown_queue": ("There is no queue {name}", "{subject} refers to it."),
    "unknown_calendar": ("There are no hours {name}", "{subject} goes by them."),
    "unknown_prompt": ("There is no prompt {name}", "{subject} would play it."),
    "unknown_agent": ("There is no agent {name}", "{subject} names one in its order."),
    "unknown_team": ("There is no team {name}", "{subject} is put down for it."),
    "no_members": (
        "Nobody serves {subject}",
        "No agent has this queue. Callers wait until a step moves them.",
    ),
    "skill_nobody_holds": (
        "Nobody holds {skill} at {level}",
        "The queue asks for it; the best of its agents has {best}. No call can be offered.",
    ),
    "asked_skill_nobody_holds": (
        "Nobody here holds {skill} at {level}",
        "A call flow asks for it. Callers who need it wait until a step relaxes it.",
    ),
    "nobody_holds_all": (
        "Nobody holds everything it asks for",
        "Each skill is there, but none of the {members} agents has all of them.",
    ),
    "ring_width_strategy": (
        "Only ringing strategies ring several",
        "{width} phones should ring at once, but calls go {strategy}, to one at a time.",
    ),
    "ring_width_one": (
        "Only one phone rings",
        "The strategy can ring several at once; the width is 1.",
    ),
    "ring_step_too_long": (
        "The second phone never rings",
        "One more rings every {step_s}, but an offer ends after {timeout_s}.",
    ),
    "order_missing": (
        "No order is given",
        "Calls go top down, and nobody is named. The order is by agent id.",
    ),
    "without_effect": ("{field}: no effect", "It counts only with {needs}."),
    "not_a_member": ("{name} does not serve {subject}", "The order names an agent who never gets its calls."),
    "refuses_everybody": (
        "Everybody is refused",
        "Nobody serves this queue, and callers may not join while nobody is there.",
    ),
    "nobody_may_wait": (
        "Nobody may wait for a busy agent",
        "Callers are refused also while every agent is on a call, ringing or in wrap-up.",
    ),
    "leave_stricter_than_join": (
        "Callers join and leave at once",
        "They may join while every agent is {states}, and for the same they must leave.",
    ),
    "overflow_where": ("{field}: overflow to nowhere", "Name the queue that callers move to."),
    "short_abandon_over_target": (
        "Too many count as short abandons",
        "Hanging up within the target of {target_s} would never count against it.",
    ),
    "target_after_longest_wait": (
        "The target lies behind the longest wait",
        "Nobody waits {target_s}: at {limit_s} the wait ends.",
    ),
    "announced_too_late": (
        "The place is never announced",
        "It would be at {after_s}. At {limit_s} the longest wait ends.",
    ),
    "preferred_outlasts_wait": (
        "The preferred agent may be waited for to the end",
        "Up to {preferred_s} nobody else is asked. At {limit_s} the longest wait ends.",
    ),
    "callback_not_offered": (
        "Callbacks are offered but not made",
        "A rule offers one; the queue's callbacks are switched off.",
    ),
    "callback_at_any_hour": (
        "Callbacks ring at any hour",
        "No calling hours are chosen. A customer may be rung at night.",
    ),
    "callback_expires_first": (
        "The last attempt is never made",
        "Attempt {attempts} comes after {last_s}; the callback expires after {expires_s}.",
    ),
    "yields_to_itself": ("{subject} yields to itself", "While somebody waits here nobody here is served."),
    "blending_never_opens": (
        "Its turn never comes",
        "It opens with {wanted} agents free, and {members} serve it.",
    ),
    "blending_shuts_at_once": (
        "It shuts as soon as it opens",
        "It opens at {opens} and shuts at {shuts}: between them it must be able to stay open.",
    ),
    "step_incomplete": ("Step {step} does not say what", "Its {needs} is missing."),
    "step_after_longest_wait": (
        "Step {step} can never open",
        "It opens at {after_s}. At {limit_s} the longest wait ends.",
    ),
    "step_after_caller_left": (
        "Step {step} can never open",
        "It opens at {after_s}. At {left_s} the caller has left: {by}.",
    ),
    "condition_over_length": (
        "Step {step} can never open",
        "It wants {wanted} in line, and at most {length} may wait.",
    ),
    "condition_without_values": (
        "Step {step} can never open",
        "{attribute} must be one of a list, and the list is empty.",
    ),
    "condition_never_in_hours": (
        "Step {step} can never open",
        "{calendar} would have to be {open}, and it never is.",
    ),
    "step_raises_by_nothing": ("Step {step} changes nothing", "It raises the priority by 0."),
    "step_relaxes_nothing": (
        "Step {step} changes nothing",
        "{skill} is asked for at {needed} by then, and the step asks for {level}.",
    ),
    "step_repeats_in_vain": ("Step {step} repeats in vain", "Once is enough: the next times change nothing."),
    "step_adds_nobody": (
        "Step {step} adds nobody",
        "Nobody of {other} may take these callers who could not before.",
    ),
    "overflow_circle": ("Callers go in circles", "{queues}: each passes them on to the next ({cause})."),
    "target_unreachable": (
        "The promise cannot be kept",
        "{goal} within {within_s} needs {needed} agents at {per_hour} calls an hour of {handle_s}."
        " With all {members} free for it alone, {best} is the most.",
    ),
    "starved_by_weight": (
        "{by} can starve this queue",
        "Its weight is {over}, yours {weight}. {erlangs} hours of calls an hour keep all"
        " {agents} agents busy.",
    ),
    "agent_gets_nothing": (
        "{subject} gets no calls",
        "The skills are too low for every queue served: {queues}.",
    ),
    "flow": ("{subject}: {what}", "{cure}"),
    "unknown_agent_of_user": ("There is no agent {name}", "{subject} signs in as one."),
    "agent_taken": ("{name} is somebody else already", "{other} signs in as this agent."),
    "role_without_agent": ("{subject} is no agent yet", "The role is there; choose which agent signs in."),
    "last_admin": ("Nobody would be left to set up", "At least one administrator must be able to sign in."),
    "unknown_lead": ("There is no agent {name}", "{subject} is led by one."),
    "unknown_flow": (
        "There is no flow {name}",
        "The number {subject} would not be answered. There are: {known}.",
    ),
    "unknown_agent_of_number": (
        "There is no agent {name}",
        "The number {subject} would not be answered. There are: {known}.",
    ),
    "unknown_queue_of_number": (
        "There is no queue {name}",
        "Callers of {subject} wait by its rules. There are: {known}.",
    ),
    "unknown_backend": ("There is no back end {name}", "Calls come in on one of: {known}."),
    "no_number": ("No number is set up", "Nobody can call. Give a number to a flow."),
    "list_empty": ("This list is empty", "Nobody can choose from it."),
    "label_untranslated": ("{name} has no Welsh", "Welsh pages show it in English."),
}

CURES: Mapping[str, str] = {
    "add_skill": "Add {name}",
    "add_queue": "Add a queue",
    "add_calendar": "Add hours",
    "add_prompt": "Add the prompt",
    "add_team": "Add {name}",
    "add_agent": "Add an agent",
    "clear_field": "Take it out",
    "remove_step": "Remove the step",
    "take_out": "Take {name} out",
    "way_return": "Back to the flow instead",
    "choose_people": "Choose people",
    "choose_agent": "Choose an agent",
    "ask_for_level": "Ask for {level}",
    "ring_one": "Ring one",
    "ring_all": "Ring all at once",
    "ring_several": "Ring {count}",
    "every_s": "Every {seconds}",
    "use_strategy": "Go {strategy}",
    "let_join": "Let callers wait",
    "let_wait_for_busy": "Let them wait for busy agents",
    "refuse_them_too": "Refuse them at once",
    "let_them_stay": "Let them stay",
    "short_abandon_5": "Count up to 5 s",
    "target_to": "Target to {seconds}",
    "first_after": "First at {seconds}",
    "preferred_for": "Wait {seconds} at most",
    "offer_callbacks": "Switch callbacks on",
    "choose_hours": "Choose hours",
    "expire_after": "Expire after {seconds}",
    "open_at_free": "Open at {count} free",
    "shut_at": "Shut at {count}",
    "open_at": "Open it at {seconds}",
    "longest_wait": "Longest wait to {seconds}",
    "from_count": "From {count}",
    "drop_condition": "Drop the condition",
    "raise_by": "Raise by {count}",
    "once_only": "Once only",
    "promise_share": "Promise {share}",
    "weight_to": "Weight to {weight}",
    "use_backend": "Use {name}",
}

VALUES: Mapping[str, str] = {
    "open.true": "open",
    "open.false": "closed",
    "best_skill_then_longest_idle": "best skill first, then longest idle",
    "longest_idle": "to the longest idle",
    "fewest_contacts": "to whoever had fewest calls",
    "least_talk": "to whoever talked least",
    "round_robin": "in turn",
    "top_down": "top down",
    "weighted_random": "at random by penalty",
    "ring_all": "to all at once",
    "ring_progressively": "to one more at a time",
    "order": "Order",
    "penalties": "Penalties",
    "on_full": "When full",
    "on_full.queue": "When full, queue",
    "on_empty": "When nobody is there",
    "on_empty.queue": "When nobody is there, queue",
    "on_max_wait": "After the longest wait",
    "on_max_wait.queue": "After the longest wait, queue",
    "max_length": "a greatest length",
    "join_empty": "a rule on empty queues",
    "max_wait_s": "a longest wait",
    "overflow": "overflow",
    "voicemail": "voicemail",
    "steps": "steps",
    "skill": "skill",
    "queue": "queue",
    "prompt": "prompt",
    "signed_out": "signed out",
    "not_ready": "not ready",
    "unreachable": "unreachable",
    "on_contact": "on a call",
    "ringing": "ringing",
    "acw": "in wrap-up",
}
