package io.pgproof.web.page;

/** Addresses of Camunda's web applications. */
public final class CamundaLink {
  private static final String COCKPIT = "/camunda/app/cockpit/default/#/process-instance/";
  private static final String TASKLIST = "/camunda/app/tasklist/default/#/?task=";

  private CamundaLink() {}

  /** Returns where Cockpit shows a process instance that has not ended. */
  public static String instance(String id) {
    return COCKPIT + id + "/runtime";
  }

  /** Returns where Cockpit shows the incidents of a process instance. */
  public static String incidents(String id) {
    return instance(id) + "?tab=incidents-tab";
  }

  /** Returns where Tasklist shows an open task to a member of its group. */
  public static String task(String id) {
    return TASKLIST + id;
  }
}
