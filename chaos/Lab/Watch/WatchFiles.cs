using System.Text;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Lab.Watch;

/// <summary>The configuration of Prometheus and Alertmanager for an embedded lab; rules are the files that hosts get, too.</summary>
internal static class WatchFiles
{
    /// <summary>Every target with the labels that it has on hosts: <c>instance</c> is the host's name, <c>service</c> what runs there.</summary>
    public static string Prometheus(RunningLab lab, Uri runner, Uri own, Uri? alertmanager, string token, string rules)
    {
        var text = new StringBuilder($"""
            global: {"{"}scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s{"}"}
            rule_files: ["{rules}/*.yml", "{rules}/gameday/*.yml"]

            """);
        if (alertmanager is not null) text.Append($"alerting: {{alertmanagers: [{{static_configs: [{{targets: [\"{alertmanager.Authority}\"]}}]}}]}}\n");
        text.Append("scrape_configs:\n");
        Job("shortener", "shortener", token, lab.OfRole("app").Select(app => (app.Name, app.Admin)));
        Job("haproxy", "balancer", token, lab.OfRole("lb").Select(balancer => (balancer.Name, balancer.Admin)));
        Job("runner", "loadgen", null, [("runner", runner)]);
        Job("prometheus", "prometheus", null, [("obs1", own)]);
        return text.ToString();

        void Job(string job, string service, string? credentials, IEnumerable<(string Name, Uri Address)> targets)
        {
            text.Append($"  - job_name: {job}\n");
            if (credentials is not null) text.Append($"    authorization: {{credentials_file: \"{credentials}\"}}\n");
            text.Append("    static_configs:\n");
            foreach (var (name, address) in targets)
                text.Append($"      - {{targets: [\"{address.Authority}\"], labels: {{instance: {name}, service: {service}}}}}\n");
        }
    }

    /// <summary>Pages and tickets go to the desk, in the shape that PagerDuty takes; short waits, because a drill lasts a minute. Several
    /// alerts of one call have no summary in common, and PagerDuty refuses an event without one: then the first speaks for all.</summary>
    public static string Alertmanager(Uri desk) => $$$"""
        global: {resolve_timeout: 10s}
        route:
          receiver: desk
          group_by: [alertname, service]
          group_wait: 1s
          group_interval: 2s
          repeat_interval: 1h
          routes: [{matchers: ['alertname="Watchdog"'], receiver: nobody}]
        receivers:
          - name: nobody
          - name: desk
            pagerduty_configs:
              - routing_key: lab
                url: "{{{desk}}}v2/enqueue"
                send_resolved: true
                client: chaoslab
                client_url: "{{{desk}}}"
                severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}'
                class: '{{ .CommonLabels.alertname }}'
                component: '{{ .CommonLabels.service }}'
                group: lab
                description: '{{ if .CommonAnnotations.summary }}{{ .CommonAnnotations.summary }}{{ else }}{{ len .Alerts }} times: {{ (index .Alerts 0).Annotations.summary }}{{ end }}'
                details: {runbook: '{{ (index .Alerts 0).Annotations.runbook }}'}

        """;
}
