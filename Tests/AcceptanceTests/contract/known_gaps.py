"""Where Sluice is known not to keep the contract yet, by the test that shows it; docs/design/api.md lists the same.

Each is held strictly: a gap that is closed fails the run until its line here is gone.
"""

GAPS = {
    "test_wrong_values_are_refused[ports.security_groups]": "null means the default group instead of being refused",
    "test_wrong_values_are_refused[security-group-rules.ethertype]": "null means IPv4 instead of being refused",
    "test_wrong_values_are_refused[rbac-policies.action]": "refused as InvalidActionForType for any text",
    "test_wrong_values_are_refused[port_forwardings.internal_port_range]": "not read where the single port is given",
    "test_wrong_values_are_refused[port_forwardings.external_port_range]": "not read where the single port is given",
    "test_wrong_values_are_refused[conntrack_helpers.helper]": "refused as ConntrackHelperNotAllowed for any text",
    "test_an_update_gives_it[subnetpools.min_prefixlen]": "a default prefix length that was not given does not follow",
    "test_everyone_sees_what_the_table_says[floatingips]": "qos_policy_id is shown, always null",
    "test_a_wrong_value_is_told_before_a_missing_object[conntrack_helpers.helper]": "helpers are judged by the service",
    "test_a_missing_object_is_told_before_what_may_not_be_done[port_forwardings]": "readers get 403 before 404",
    "test_a_missing_object_is_told_before_what_may_not_be_done[conntrack_helpers]": "readers get 403 before 404",
    "test_a_wrong_value_is_told_before_a_wrong_owner[rbac-policies]": "a target for all is refused before a wrong value",
}
