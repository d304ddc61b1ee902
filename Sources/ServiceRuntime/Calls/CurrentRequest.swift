public import ResourceModel

/// The request that the present task works on.
public enum CurrentRequest {
    /// On whose behalf; outside a request nobody's, who may do nothing.
    @TaskLocal public static var context = RequestContext(projectID: "", roles: [], requestID: "req-none")
}
