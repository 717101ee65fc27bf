using System.Net;
using ChaosLab.Lab.Balancer;

namespace ChaosLab.Chaos.Tests.Balancer;

public class OperatingTests
{
    [Theory]
    [InlineData("GET", "/state")]
    [InlineData("GET", "/metrics")]
    [InlineData("POST", "/backends/app1/drain")]
    public async Task The_admin_interface_wants_the_token(string method, string path)
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one]);

        foreach (var token in new[] { null, "wrong", Front.Token + "x" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Authorization = token is null ? null : new("Bearer", token);
            front.Admin.DefaultRequestHeaders.Authorization = null;
            using var response = await front.Admin.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_unknown_instance_cannot_be_drained()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one]);

        using var response = await front.Admin.PostAsync(new Uri("/backends/app9/drain", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("app1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_figures_add_up()
    {
        await using var one = new Instance("app1");
        await using var front = await Front.OfAsync([one]);
        for (var n = 0; n < 3; n++) (await front.GetAsync()).Dispose();

        var figures = await front.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Contains("haproxy_server_status{proxy=\"follow\",server=\"app1\",state=\"UP\"} 1\n", figures, StringComparison.Ordinal);
        Assert.Contains("balancer_attempt_duration_seconds_count{proxy=\"follow\",server=\"app1\"} 3\n", figures, StringComparison.Ordinal);
        Assert.Contains("haproxy_server_http_responses_total{proxy=\"follow\",server=\"app1\",code=\"3xx\"} 3\n", figures, StringComparison.Ordinal);
        Assert.Contains("haproxy_frontend_http_responses_total{proxy=\"public\",code=\"3xx\"} 3\n", figures, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_in_the_settings_is_told_at_once()
    {
        var environment = new Dictionary<string, string>
        {
            ["Balancer__Listen"] = "here",
            ["Balancer__Backends"] = "app1|http://127.0.0.1:1|http://127.0.0.1:2/health/ready,app1|http://127.0.0.1:1|http://127.0.0.1:2/,app2|x|y",
            ["Balancer__HealthInterval"] = "500",
            ["Balancer__Fall"] = "0",
            ["Balancer__Retry"] = "sometimes",
        };
        var problems = new List<string>();

        var options = BalancerOptions.Read(environment.GetValueOrDefault, problems);

        Assert.Null(options);
        Assert.Equal(
            ["Listen", "Admin", "Token", "Backends", "Backends", "HealthInterval", "Fall", "Retry"],
            problems.Select(problem => problem.Split("__")[1].Split(':')[0]));
        Assert.All(problems, problem => Assert.Contains(" — ", problem, StringComparison.Ordinal));
    }
}
