"""The dashboards, one dictionary a board; dashboards.py draws them.

A panel: title, unit, `look` (what to look for), queries {legend: PromQL}, and where needed: kind (timeseries, stat, bargauge), w and h
(of 24 columns), none (what an empty panel means; HOSTS where the embedded lab has no such part), share (0 to 1), max, step, stack,
negative (may be below 0), warn and bad (thresholds; bad below warn: low is bad).
"""
HOSTS = "Only on hosts: the embedded lab has no such part."
RUNNER = "No runner gives figures: start it with --metrics or --watch."
HTTP = "http_server_request_duration_seconds"
CALLS = "resilience_polly_pipeline_duration_milliseconds"
REDIRECT, CREATE, FAILED = 'http_route="/{code}"', 'http_route="/api/links"', 'http_response_status_code=~"5..|429"'
FRONT, BACK = 'proxy="public"', 'proxy=~"follow|create"'
ONE = 'instance=~"$instance"'
INSTANCES = [("instance", 'label_values(up{job="shortener"}, instance)', "Instance")]


def row(title):
    return {"row": title}


def panel(title, unit, look, q, kind="timeseries", none="No figures yet: is a load running?", **more):
    return {"title": title, "type": kind, "unit": unit, "look": look, "q": q, "none": none, **more}


def stat(*what, **more):
    return panel(*what, kind="stat", w=3, h=4, **more)


def rate(metric, labels="", by=""):
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{{{labels}}}[$__rate_interval]))".replace("{}", "")


def quantile(share, metric, labels="", by=""):
    return f"histogram_quantile({share}, sum by ({', '.join(filter(None, ['le', by]))}) (rate({metric}_bucket{{{labels}}}[$__rate_interval])))".replace("{}", "")


def share(part, whole):
    """A share that is 0 where nothing of the part was ever counted, and absent where the whole is: nobody is called healthy for silence."""
    return f"({part} or 0 * {whole}) / ({whole} > 0)"


def failed(labels, by=""):
    return share(rate(HTTP + "_count", f"{labels},{FAILED}", by), rate(HTTP + "_count", labels, by))


LOADED = "loadgen_requests_total"
LOAD_FAILED = share(rate(LOADED, 'outcome="failed"'), rate(LOADED))
SPENT = share(f"sum(increase({HTTP}_count{{{REDIRECT},{FAILED}}}[$__range]))", f"sum(increase({HTTP}_count{{{REDIRECT}}}[$__range]))")
OPEN = 'sum(max by (instance, pipeline_name) (resilience_circuit_state{state="open"}))'
SERVER_UP = 'max by (server) (haproxy_server_status{proxy="follow",state="UP"})'
DB = 'datname="shortener"'
DATA = 'mountpoint="/var/lib/postgresql"'
# Files that a container's engine puts below /etc are no file systems of their own.
DISKS = 'fstype!~"tmpfs|overlay|squashfs",mountpoint!~"/etc/.*"'

OVERVIEW = {"uid": "lab-overview", "title": "Overview", "question": "Is it broken, where, and since when?", "panels": [
    row("Is it broken?"),
    stat("Good redirects", "percentunit", "Below 99.9 % the budget burns. 429 counts as failed here.", {"redirects": "1 - " + failed(REDIRECT)}, bad=0.986, warn=0.999, decimals=2, max=1),
    stat("Good creates", "percentunit", "Below 99.5 % the budget burns; creates fail first when the store fails.", {"creates": "1 - " + failed(CREATE)},
         bad=0.93, warn=0.995, decimals=2, max=1),
    stat("p99 visitors feel", "s", "From the moment the visitor wanted to start, so a stall cannot hide behind requests that were not sent.",
         {"p99": quantile(0.99, "loadgen_request_duration_seconds", 'clock="intended",step="redirect"')}, warn=0.05, bad=0.5, none=RUNNER),
    stat("Redirect budget left", "percentunit", "What is left of the failures that the SLO allows for the requests of the range shown. Negative: overspent.",
         {"left": f"1 - {SPENT} / 0.001"}, bad=0, warn=0.5, max=1, decimals=1, negative=True),
    stat("Instances that serve", "short", "Fewer than all of them: see Balancer.", {"up": f"sum({SERVER_UP})"}, bad=2, warn=3),
    stat("Open breakers", "short", "An instance gave its store up, as of its last call. Known links are still served.", {"open": OPEN}, bad=1),
    stat("Faults at work", "short", "What the lab is doing to the system right now.", {"faults": "max(lab_faults_active)"}, bad=1, none=RUNNER),
    stat("Alerts firing", "short", "Pages and tickets; the alert that always fires is left out.", {"alerts": 'sum(ALERTS{alertstate="firing",severity=~"page|ticket"}) or 0 * max(up)'}, bad=1),
    row("Where?"),
    panel("Requests that failed, by who sees it", "percentunit", "How far does a failure get? The instances fail but the balancer does not: retries hide it. Only the outside view fails: it is before "
          "the balancer.", {"visitors": LOAD_FAILED, "outside view": "1 - avg(probe_success)",
                            "balancer": rate("haproxy_frontend_http_responses_total", FRONT + ',code="5xx"') + " / (" + rate("haproxy_frontend_http_responses_total", FRONT) + " > 0)",
                            "instances": failed('http_route!=""')}, w=12, h=8, share=True),
    panel("p99, by who measures it", "s", "The gap between visitors and balancer is waiting before the balancer or in the generator; between balancer and instances it is queue and network.",
          {"visitors": quantile(0.99, "loadgen_request_duration_seconds", 'clock="intended"'), "balancer": quantile(0.99, "balancer_attempt_duration_seconds"),
           "instances": quantile(0.99, HTTP, 'http_route!=""')}, w=12, h=8),
    panel("Saturation, 0 to 1", "percentunit", "What is near 1 is the limit. Everything low while visitors wait: look at locks and time limits instead.",
          {"processors": '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))', "memory": "1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes)",
           "slots of {{server}}": 'max by (server) (haproxy_server_current_sessions{proxy="follow"} / (haproxy_server_limit_sessions{proxy="follow"} > 0))',
           "connections of {{instance}}": 'sum by (instance) (db_client_connection_count{db_client_connection_state="used"}) / sum by (instance) (db_client_connection_max)'}, h=8, share=True),
    panel("Pressure on each resource, 0 to 1", "percentunit", "In use and with a queue, both: the suspect, where it is worst (by instance: board Resources). One at 0 has places left or "
          "nobody waiting. A suspicion only: `lab bottleneck` proves it.", {"{{resource}}": "max by (resource) (lab_bottleneck_score)"}, h=8, share=True),
    panel("Requests per second, by instance", "reqps", "Equal parts are health. One that shrinks is down, drained or slow; all that shrink: nobody comes.",
          {"{{instance}}": rate(HTTP + "_count", "", "instance")}, h=8, stack=True),
    row("Since when?"),
    panel("Alerts, by severity", "short", 'Steps up where something was noticed. "none" is the watchdog, always 1: when it is missing, nobody watches.',
          {"{{severity}}": 'sum by (severity) (ALERTS{alertstate="firing"})'}, w=12, h=6, step=True),
    panel("Breakers and backends", "short", "What broke first: a backend that goes, or a breaker that opens.",
          {"backends up": f"sum({SERVER_UP})", "breakers open": OPEN, "faults": "max(lab_faults_active)"}, w=12, h=6, step=True),
]}

TRAFFIC = {"uid": "lab-traffic", "title": "Traffic", "question": "Which route, and which instance?", "variables": INSTANCES, "panels": [
    row("Rate and errors"),
    panel("Requests, by instance and route", "reqps", "The mix of routes; a route that stops is as telling as one that explodes.",
          {"{{instance}} {{http_route}}": rate(HTTP + "_count", ONE, "instance, http_route")}, w=12),
    panel("Answers, by status", "reqps", "302 is the work. 503: surely nothing was written. 504: it may have been.",
          {"{{http_response_status_code}}": rate(HTTP + "_count", ONE, "http_response_status_code")}, w=12, stack=True),
    panel("Share that failed, by instance", "percentunit", "One line up: that instance. All up: what they share, the store. 429 counts.", {"{{instance}}": failed(ONE, "instance")}, share=True),
    panel("Share not found among redirects", "percentunit", "Wrong data shows here and nowhere else: a 404 is no error.",
          {"404": share(rate(HTTP + "_count", f'{ONE},{REDIRECT},http_response_status_code="404"'), rate(HTTP + "_count", f"{ONE},{REDIRECT}"))}, share=True),
    panel("How uneven the load is", "short", "Busiest instance over the average; 1 is even, 3 means that one of three does everything.",
          {"busiest / average": f"max({rate(HTTP + '_count', ONE, 'instance')}) / avg({rate(HTTP + '_count', ONE, 'instance')})"}, max=4),
    row("Duration"),
    panel("Redirect p99, by instance", "s", "An instance that is slow alone stands out; an average would hide it.", {"{{instance}}": quantile(0.99, HTTP, f"{ONE},{REDIRECT}", "instance")}, w=12),
    panel("Redirect p50, by instance", "s", "A cached redirect takes a few tenths of a millisecond.", {"{{instance}}": quantile(0.5, HTTP, f"{ONE},{REDIRECT}", "instance")}, w=12),
    panel("p99, by route", "s", "Creates wait for the disk, redirects must not.", {"{{http_route}}": quantile(0.99, HTTP, f'{ONE},http_route!=""', "http_route")}, w=12),
    panel("In flight: counted, and by Little's law", "short", "Little's law: rate times duration. When the lines part for long, a figure lies or requests never end.",
          {"counted": f"sum(http_server_active_requests{{{ONE}}})", "rate × duration": rate(HTTP + "_sum", ONE)}, w=12),
    row("Cache"),
    panel("Redirects, by how the cache answered", "reqps", "hit is the work of memory; stale means that the store cannot be asked; failed reached the visitor.",
          {"{{outcome}}": rate("shortener_cache_lookups_total", ONE, "outcome")}, w=12, stack=True),
    panel("Share answered from memory", "percentunit", "Falls after a restart (cold) and when links are spread wider than the cache.",
          {"hits": share(rate("shortener_cache_lookups_total", f'{ONE},outcome=~"hit|negative|stale"'), rate("shortener_cache_lookups_total", ONE))}, w=6, share=True),
    panel("Joined a question under way", "reqps", "Single flight: redirects that waited for a question that another had asked. High: a hot link expired.",
          {"{{instance}}": rate("shortener_cache_joined_total", ONE, "instance") + f' or 0 * max by (instance) (up{{job="shortener",{ONE}}})'}, w=6),
]}

NO_PRESSURE = "This kernel tells no pressure."
RESOURCES = {"uid": "lab-resources", "title": "Resources", "question": "Which resource is the limit?", "panels": [
    row("Machines"),
    panel("Processors in use", "percentunit", "Near 1 everything waits for a core.", {"{{instance}}": '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))'}, share=True),
    panel("Time that work waited for a processor", "percentunit", "Pressure: the share of time in which something was ready and had no core. The honest sign of saturation.",
          {"{{instance}}": "max by (instance) (rate(node_pressure_cpu_waiting_seconds_total[$__rate_interval]))"}, share=True, none=NO_PRESSURE),
    panel("Load for each processor", "short", "Above 1 more wants to run than can.",
          {"{{instance}}": 'max by (instance) (node_load1) / count by (instance) (node_cpu_seconds_total{mode="idle"})'}),
    panel("Memory in use", "percentunit", "What is not available any more, caches left out.",
          {"{{instance}}": "1 - max by (instance) (node_memory_MemAvailable_bytes) / max by (instance) (node_memory_MemTotal_bytes)"}, share=True),
    panel("Time stalled for memory", "percentunit", "Anything but 0 is trouble: pages are fought for.",
          {"{{instance}}": "max by (instance) (rate(node_pressure_memory_stalled_seconds_total[$__rate_interval]))"}, share=True, none=NO_PRESSURE),
    panel("Stolen by the machine below", "percentunit", "A virtual machine did not get the core it thought it had: nothing here can mend that.",
          {"{{instance}}": 'avg by (instance) (rate(node_cpu_seconds_total{mode="steal"}[$__rate_interval]))'}, share=True),
    row("Pressure"),
    panel("Pressure, by resource and instance", "percentunit", "In use and with a queue, both. Which resource, and on which instance, is the suspect; `lab bottleneck` proves it. Instances of one machine share "
          "its processors.", {"{{resource}} of {{instance}}": "max by (resource, instance) (lab_bottleneck_score)"}, w=24, share=True),
    row("Services"),
    panel("Processor time, by service", "short", "Cores that each service uses. Which grows with load, and which without?",
          {"{{host}}": rate("lab_service_cpu_seconds_total", "", "host"), "load generator": rate("dotnet_process_cpu_time_seconds_total", 'service="loadgen"')}, w=12, stack=True, none=RUNNER),
    panel("Resident memory, by service", "bytes", "A line that only climbs is a leak.", {"{{host}}": "sum by (host) (lab_service_memory_bytes)"}, w=6, none=RUNNER),
    panel("Threads, by service", "short", "Growing threads: something blocks them.", {"{{host}}": "sum by (host) (lab_service_threads)"}, w=6, none=RUNNER),
    row("Disks and network of hosts"),
    panel("Disk busy", "percentunit", "Near 1 on a db host: commits wait.", {"{{instance}} {{device}}": "max by (instance, device) (rate(node_disk_io_time_seconds_total[$__rate_interval]))"},
          share=True, none=HOSTS),
    panel("Requests waiting for a disk", "short", "Length of the queue.",
          {"{{instance}} {{device}}": "max by (instance, device) (rate(node_disk_io_time_weighted_seconds_total[$__rate_interval]))"}, none=HOSTS),
    panel("File systems in use", "percentunit", "The data disk of the database must never reach 1.",
          {"{{instance}} {{mountpoint}}": f"1 - max by (instance, mountpoint) (node_filesystem_avail_bytes{{{DISKS}}}) / max by (instance, mountpoint) (node_filesystem_size_bytes{{{DISKS}}})"},
          share=True, none=HOSTS),
    panel("Sent to the network", "bps", "Flat at a round number: a limit is at work.", {"{{instance}}": "8 * " + rate("node_network_transmit_bytes_total", 'device!="lo"', "instance")}, none=HOSTS),
    panel("Sent again", "percentunit", "Share of TCP segments that had to be repeated: loss on the way.",
          {"{{instance}}": rate("node_netstat_Tcp_RetransSegs", "", "instance") + " / " + rate("node_netstat_Tcp_OutSegs", "", "instance")}, share=True, none=HOSTS),
    panel("Connections that found no room", "short", "Accept queue overflows: the service does not take connections fast enough.",
          {"{{instance}}": rate("node_netstat_TcpExt_ListenOverflows", "", "instance")}, none=HOSTS),
]}

STATEMENTS = HOSTS + " Needs pg_stat_statements."


def statement(figure):
    """What the exporter counts by a number, by the text that another of its figures gives for that number on the same server."""
    return f"sum by (statement) ({rate(f'pg_stat_statements_{figure}_total', DB, 'instance, queryid')} * on (instance, queryid) group_left (statement) pg_statement_known)"


DATABASE = {"uid": "lab-database", "title": "Database", "question": "Is it the store, and what inside it?", "panels": [
    row("As the application sees it"),
    panel("Calls, by operation", "reqps", "Redirects ask the store only for what the cache does not have.", {"{{operation_key}}": rate(CALLS + "_count", "", "operation_key")}),
    panel("p99 of a call, by operation", "ms", "Includes the wait for a connection and every injected delay. The attempt is cut off at Store__AttemptTimeout.",
          {"{{operation_key}}": quantile(0.99, CALLS, "", "operation_key")}),
    panel("Calls cut off or refused", "reqps", "cut off: too slow; rejected: the breaker is open, nothing was sent.",
          {"cut off {{pipeline_name}}": rate("resilience_timeouts_total", "", "pipeline_name"), "rejected {{pipeline_name}}": rate("resilience_circuit_rejected_total", "", "pipeline_name")}),
    panel("Clicks waiting", "short", "A saw tooth is healthy: they go in batches. A climb: the store does not take them.", {"{{instance}}": "sum by (instance) (shortener_clicks_queued)"}, w=12),
    panel("Clicks dropped", "short", "Anything but 0 is lost for good.", {"{{instance}}": rate("shortener_clicks_dropped_total", "", "instance")}, w=12),
    row("Query time"),
    panel("Statements, by time", "short", "Mean sessions busy with each statement: the top one is where a better index pays.",
          {"{{statement}}": f"topk(10, {statement('seconds')})"}, none=STATEMENTS),
    panel("Mean time of a statement", "s", "One that climbs while its calls do not: its data or its plan changed.",
          {"{{statement}}": f"topk(10, {statement('seconds')} / ({statement('calls')} > 0))"}, none=STATEMENTS),
    panel("p99 of a command, as Npgsql sees it", "s", "Beside the mean of the server: the gap is network and waiting for a connection.",
          {"{{instance}}": quantile(0.99, "db_client_operation_duration_seconds", "", "instance")}, none=HOSTS),
    row("Volume and disk"),
    panel("Transactions", "short", "Commits and rollbacks a second.", {"commits": rate("pg_stat_database_xact_commit", DB), "rollbacks": rate("pg_stat_database_xact_rollback", DB)}, none=HOSTS),
    panel("Size", "bytes", "How fast does it grow, and did it stop growing while creates come?", {"{{instance}}": f"max by (instance) (pg_database_size_bytes{{{DB}}})"}, none=HOSTS),
    panel("Data disk free", "bytes", "At 0 PostgreSQL stops.", {"{{instance}}": f"max by (instance) (node_filesystem_avail_bytes{{{DATA}}})"}, none=HOSTS),
    row("Connections, waits, locks"),
    panel("Connections, by state", "short", "idle in transaction holds locks and does nothing.", {"{{state}}": f"sum by (state) (pg_stat_activity_count{{{DB}}})"}, none=HOSTS),
    panel("Share of the allowed connections", "percentunit", "At 1 nobody else gets in.",
          {"{{instance}}": "sum by (instance) (pg_stat_activity_count) / on (instance) max by (instance) (pg_settings_max_connections)"}, share=True, none=HOSTS),
    panel("Pool of the application: in use", "percentunit", "At 1 with calls waiting: connections are held too long.",
          {"{{instance}}": 'sum by (instance) (db_client_connection_count{db_client_connection_state="used"}) / sum by (instance) (db_client_connection_max)'}, share=True, none=HOSTS),
    panel("Calls waiting for a connection", "short", "Anything but 0 for long is a limit.", {"{{instance}}": "sum by (instance) (db_client_connection_npgsql_pending_requests)"}, none="Only on hosts while a call has had to wait."),
    panel("Sessions at work, by what they wait for", "short", "Lock: a row or table that everybody wants. IO: the disk. none: a processor. SyncRep: the standby.",
          {"{{type}} {{event}}": "sum by (type, event) (pg_wait_sessions)"}, stack=True, none="Only on hosts while sessions are at work."),
    panel("Locks, by mode", "short", "AccessExclusiveLock blocks everybody.", {"{{mode}}": f"sum by (mode) (pg_locks_count{{{DB}}})"}, none=HOSTS),
    panel("Longest transaction", "s", "It holds locks and keeps old rows alive.", {"{{instance}}": f"max by (instance) (pg_stat_activity_max_tx_duration{{{DB}}})"}, none=HOSTS),
    row("Replication and roles"),
    panel("Who leads", "short", "Exactly one line at 1. None: a failover is under way. Two: split brain.", {"{{instance}}": "max by (instance) (patroni_primary)"}, step=True, none=HOSTS),
    panel("Replication lag", "s", "Seconds grow on an idle primary too: compare with the bytes.", {"{{instance}}": "max by (instance) (pg_replication_lag_seconds)"}, none=HOSTS),
    panel("Bytes not yet replayed", "bytes", "What would be lost if the primary died and this replica took over.",
          {"{{application_name}}": "max by (application_name) (pg_stat_replication_pg_wal_lsn_diff)"}, none=HOSTS),
]}

BALANCER = {"uid": "lab-balancer", "title": "Balancer", "question": "Where do requests go, and who is out?", "panels": [
    row("Instances"),
    panel("Instances up", "short", "A step down is a loss, a drain or a restart.", {"{{server}}": SERVER_UP}, step=True, stack=True),
    panel("Answers, by instance", "reqps", "Round robin: equal. One that gets less is slow or new.", {"{{server}}": rate("haproxy_server_http_responses_total", BACK, "server")}, stack=True),
    panel("p99 of an attempt, by instance", "s", "As the balancer sees it: also what the instance itself cannot see, such as a stopped process.",
          {"{{server}}": quantile(0.99, "balancer_attempt_duration_seconds", "", "server")}, none="Only in the embedded lab: HAProxy keeps averages of the last 1,024 requests instead."),
    panel("Errors, by instance", "short", "refused: no process on the port. no answer: it hangs or broke off.",
          {"{{server}} refused": rate("haproxy_server_connection_errors_total", BACK, "server"), "{{server}} no answer": rate("haproxy_server_response_errors_total", BACK, "server")}),
    panel("Slots in use", "percentunit", "At 1 requests queue.",
          {"{{server}}": f"max by (server) (haproxy_server_current_sessions{{{BACK}}} / (haproxy_server_limit_sessions{{{BACK}}} > 0))"}, share=True),
    panel("Went down", "short", "How often in the range shown, as the balancer saw it that counted most: more than faults explain is flapping.", {"{{server}}": 'max by (server) (increase(haproxy_server_check_up_down_total{proxy="follow"}[$__range]))'}),
    row("Front"),
    panel("Answers to visitors, by class", "reqps", "5xx here reached somebody.", {"{{code}}": rate("haproxy_frontend_http_responses_total", FRONT, "code")}, stack=True),
    panel("Queue", "short", "Requests waiting for a place in an instance. HAProxy keeps it at the backend, not at the server.", {"{{proxy}}": f"sum by (proxy) (haproxy_backend_current_queue{{{BACK}}})"}),
    panel("Repeated on another instance", "reqps", "Visitors do not see these. A lot of them for long: drain who causes it.",
          {"{{proxy}}": f"{rate('haproxy_backend_redispatch_warnings_total', BACK, 'proxy')} + {rate('haproxy_backend_retry_warnings_total', BACK, 'proxy')}"}),
]}

RUNTIME = {"uid": "lab-runtime", "title": ".NET and resilience", "question": "How does the application defend itself, and what does it cost?", "variables": INSTANCES, "panels": [
    row("Breakers and faults"),
    panel("Breakers open", "short", "1 while open, as of the last call: an open breaker turns half open only when somebody asks.",
          {"{{instance}} {{pipeline_name}}": f'max by (instance, pipeline_name) (resilience_circuit_state{{{ONE},state="open"}})'}, step=True),
    panel("Share of the range open", "percentunit", "How much of the time shown the store was given up.",
          {"{{instance}} {{pipeline_name}}": f'max by (instance, pipeline_name) (avg_over_time(resilience_circuit_state{{{ONE},state="open"}}[$__range]))'}, kind="bargauge", share=True, bad=0.2),
    panel("Rejected without a try", "reqps", "Fast failures: what an open breaker saves the store.", {"{{instance}} {{pipeline_name}}": rate("resilience_circuit_rejected_total", ONE, "instance, pipeline_name")}),
    panel("Events of the pipelines", "short", "OnTimeout, OnCircuitOpened …; Chaos.* are injections.", {"{{event_name}}": rate("resilience_polly_strategy_events_total", ONE, "event_name")}),
    panel("Calls that failed, by operation", "reqps", "With an exception, whatever became of it further out.",
          {"{{operation_key}}": f"{rate(CALLS + '_count', ONE + ',exception_type!=' + chr(34) * 2, 'operation_key')} or 0 * {rate(CALLS + '_count', ONE, 'operation_key')}"}),
    panel("Measured dose of injected delays", "s", "Mean of the completed ones; a delay cut off by a timeout does not complete.",
          {"{{fault}}": f"{rate('lab_fault_dose_seconds_sum', ONE, 'fault')} / ({rate('lab_fault_dose_seconds_count', ONE, 'fault')} > 0)"}, none="Only while a delay is injected into the application."),
    row("Runtime"),
    panel("Work waiting for a thread", "short", "Anything that stays above 0: threads are blocked, or cores are gone.", {"{{instance}}": f"max by (instance) (dotnet_thread_pool_queue_length{{{ONE}}})"}),
    panel("Threads of the pool", "short", "A slow climb is the pool fighting blocked threads, one or two a second.", {"{{instance}}": f"max by (instance) (dotnet_thread_pool_thread_count{{{ONE}}})"}),
    panel("Time stood still for garbage", "percentunit", "Above 0.1 it is a problem of its own.", {"{{instance}}": f"max by (instance) (rate(dotnet_gc_pause_time_seconds_total{{{ONE}}}[$__rate_interval]))"}, share=True),
    panel("Processor time of a request", "s", "Whole process over its requests: background work counts too, so it rises when nobody comes.",
          {"{{instance}}": f"{rate('dotnet_process_cpu_time_seconds_total', ONE, 'instance')} / ({rate(HTTP + '_count', ONE, 'instance')} > 0)"}),
    panel("Allocated by a request", "bytes", "What the collector will have to clean up.",
          {"{{instance}}": f"{rate('dotnet_gc_heap_total_allocated_bytes_total', ONE, 'instance')} / ({rate(HTTP + '_count', ONE, 'instance')} > 0)"}),
    panel("Collections, by generation", "short", "gen2 often: objects live too long.", {"{{gc_heap_generation}}": rate("dotnet_gc_collections_total", ONE, "gc_heap_generation")}),
    panel("Contended locks", "short", "Threads that met at a lock, a second.", {"{{instance}}": f"max by (instance) (rate(dotnet_monitor_lock_contentions_total{{{ONE}}}[$__rate_interval]))"}),
    panel("Memory", "bytes", "Working set.", {"{{instance}}": f"max by (instance) (dotnet_process_memory_working_set_bytes{{{ONE}}})"}),
    panel("Connections", "short", "Open connections to the public and the admin port.", {"{{instance}}": f"sum by (instance) (kestrel_active_connections{{{ONE}}})"}),
]}

LOAD = {"uid": "lab-load", "title": "Load test", "question": "What was offered, and can the generator be believed?", "panels": [
    row("Offered and done"),
    panel("Offered and done", "reqps", "Offered is what the plan wanted. When done falls below it, somebody waits, or was sent away.",
          {"offered {{scenario}}": rate("loadgen_scheduled_total", "", "scenario"), "ok {{step}}": rate(LOADED, 'outcome="ok"', "step"), "failed {{step}}": rate(LOADED, 'outcome="failed"', "step")},
          w=12, none=RUNNER),
    panel("Answers, by status", "reqps", "-100 is a visitor who gave up, -101 no connection.", {"{{step}} {{status}}": rate(LOADED, "", "step, status")}, w=12, stack=True, none=RUNNER),
    row("Both clocks"),
    panel("p99 from the intended and from the actual start", "s", "The gap is what a closed-loop generator would have hidden: the time visitors waited before their request could even start.",
          {"{{step}} {{clock}}": quantile(0.99, "loadgen_request_duration_seconds", "", "step, clock")}, w=12, none=RUNNER),
    panel("p99: client next to server", "s", "What the client waits beyond the server is network, balancer and queue.",
          {"client": quantile(0.99, "loadgen_request_duration_seconds", 'clock="service",step="redirect"'), "server": quantile(0.99, HTTP, REDIRECT)}, w=12, none=RUNNER),
    row("Is the generator honest?"),
    panel("Late starts", "s", "Worst lateness of the generator itself within two seconds. Above the latency you ask about, the run means nothing.",
          {"lateness": "max(loadgen_schedule_lag_seconds)"}, none=RUNNER),
    panel("Share never started", "percentunit", "Arrivals given up because they were too late. More than 1 %: below plan.",
          {"undelivered": f"{rate('loadgen_undelivered_total')} / ({rate('loadgen_scheduled_total')} > 0)"}, share=True, none=RUNNER),
    panel("Processor time of the generator", "percentunit", "Share of all cores. A generator that needs half of the machine measures itself.",
          {"share": rate("dotnet_process_cpu_time_seconds_total", 'service="loadgen"') + ' / max(dotnet_process_cpu_count{service="loadgen"})'}, share=True, none=RUNNER),
    panel("Balancer minus client", "reqps", "Requests that only one of the two counted: a handful is the outside view; more are other visitors; fewer never got through.",
          {"difference": f"{rate('haproxy_frontend_http_requests_total', FRONT)} - {rate(LOADED)}"}, w=12, none=RUNNER, negative=True),
    panel("Outside view: journeys", "s", "create, follow, remove, once a second from two vantage points: a newcomer with new connections, a regular with old ones.",
          {"{{vantage}} {{step}}": 'max by (vantage, step) (probe_duration_seconds{probe="journey"})'}, w=12, none=RUNNER),
]}

GAMEDAY = {"uid": "lab-gameday", "title": "Game day", "question": "What was done, what was felt, and how did it defend itself, on one time axis?", "panels": [
    panel("What is done to it", "short", "Each fault that is at work. The red areas of every panel are the same windows.",
          {"{{fault}} on {{target}}": 'max by (fault, target) (lab_fault_active{job="runner"})'}, w=24, h=6, step=True, stack=True, none="No fault so far."),
    panel("What visitors asked for, and got", "reqps", "ok should lie on offered; failed should lie on the floor.",
          {"offered": rate("loadgen_scheduled_total"), "ok": rate(LOADED, 'outcome="ok"'), "failed": rate(LOADED, 'outcome="failed"') + " or 0 * " + rate(LOADED)}, w=12, none=RUNNER),
    panel("Share that failed for visitors", "percentunit", "The hypothesis of most experiments is that this stays at 0 through the red areas.",
          {"{{step}}": share(rate(LOADED, 'outcome="failed"', "step"), rate(LOADED, "", "step"))}, w=12, share=True, none=RUNNER),
    panel("What visitors waited, p99", "s", "From the intended start. How long after the red area until it is as before?",
          {"{{step}}": quantile(0.99, "loadgen_request_duration_seconds", 'clock="intended"', "step")}, w=12, none=RUNNER),
    panel("p99 inside, by instance", "s", "Who is slow. A stopped instance shows on the balancer only, because it cannot tell.", {"{{instance}}": quantile(0.99, HTTP, REDIRECT, "instance")}, w=12),
    panel("Instances up", "short", "Does the balancer see the loss, and how fast?", {"{{server}}": SERVER_UP}, h=6, step=True, stack=True),
    panel("Safeguards at work", "reqps", "Retries of the balancer, breakers, timeouts, old answers.",
          {"repeated elsewhere": rate("haproxy_backend_redispatch_warnings_total", BACK), "rejected by breakers": rate("resilience_circuit_rejected_total"), "cut off": rate("resilience_timeouts_total"),
           "served stale": rate("shortener_cache_lookups_total", 'outcome="stale"') + " or 0 * " + rate("resilience_timeouts_total")}, h=6),
    panel("Breakers open", "short", "One step for each instance and pipeline that gave its store up.",
          {"{{instance}} {{pipeline_name}}": 'max by (instance, pipeline_name) (resilience_circuit_state{state="open"})'}, h=6, step=True, stack=True),
    panel("Outside view", "percentunit", "Journeys that worked: create, follow, remove.", {"{{vantage}}": 'avg by (vantage) (probe_success{probe="journey"})'}, h=6, step=True, share=True, none=RUNNER),
    panel("Processor time, by service", "short", "Cores, of services that use a fiftieth of one or more. Who works harder while somebody is missing?", {"{{host}}": rate("lab_service_cpu_seconds_total", "", "host") + " > 0.02"}, h=6, stack=True, none=RUNNER),
    panel("Alerts", "short", "What the lab itself noticed, and when. Watchdog is always there.", {"{{alertname}}": 'max by (alertname) (ALERTS{alertstate="firing"})'}, h=6, step=True, stack=True),
]}

BOARDS = {"1-overview": OVERVIEW, "2-traffic": TRAFFIC, "3-resources": RESOURCES, "4-database": DATABASE, "5-balancer": BALANCER, "6-runtime": RUNTIME, "7-load-test": LOAD,
          "8-game-day": GAMEDAY}
