using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Links;

/// <summary>The public contract, over real sockets.</summary>
public sealed class PublicApiTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 29, 12, 0, 0, 123, TimeSpan.Zero));
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(_time);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<HttpResponseMessage> GetAsync(string path) => await _service.Http.GetAsync(path).Within(path);

    private Task<HttpResponseMessage> PostAsync(string body) => _service.Http.PostAsync("/api/links", new StringContent(body, Encoding.UTF8, "application/json")).Within("a post");

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.JsonAsync();
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEqual("", (string)problem["title"]!);
        Assert.NotEqual("", (string)problem["detail"]!);
        return problem;
    }

    [Fact]
    public async Task A_link_is_made_inspected_followed_and_deleted()
    {
        const string url = "https://example.org/a?b=c&d=%20#e";

        var made = await _service.CreateAsync(url);
        var link = await made.JsonAsync();
        var code = (string)link["code"]!;
        var inspected = await (await GetAsync($"/api/links/{code}")).JsonAsync();
        var followed = await GetAsync($"/{code}");
        var deleted = await _service.Http.DeleteAsync($"/api/links/{code}").Within("a delete");
        var again = await _service.Http.DeleteAsync($"/api/links/{code}").Within("a delete");

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal($"/api/links/{code}", made.Headers.Location!.OriginalString);
        Assert.Equal((7, url, $"http://go.test/{code}", 0L), (code.Length, (string)link["url"]!, (string)link["shortUrl"]!, (long)link["clicks"]!));
        Assert.Null(link["expiresAt"]);
        Assert.True(JsonNode.DeepEquals(link, inspected));
        Assert.Equal((HttpStatusCode.Found, url), (followed.StatusCode, followed.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await ProblemAsync(again, 404);
        await ProblemAsync(await GetAsync($"/{code}"), 404);
        await ProblemAsync(await GetAsync($"/api/links/{code}"), 404);
    }

    [Fact]
    public async Task Every_answer_names_its_instance_and_a_redirect_is_not_stored_by_caches()
    {
        var code = (string)(await (await _service.CreateAsync("https://example.org/")).JsonAsync())["code"]!;

        var answers = new[] { await GetAsync($"/{code}"), await GetAsync($"/{code}"), await GetAsync("/unknown"), await GetAsync("/"), await GetAsync("/no/such/page"), await GetAsync($"/api/links/{code}") };

        Assert.All(answers, answer => Assert.Equal("test1", Assert.Single(answer.Headers.GetValues("X-Instance"))));
        Assert.All(answers.Skip(2), answer => Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options"))));
        Assert.All(answers.Take(2), answer => Assert.True(answer.Headers.CacheControl!.NoStore && answer.Content.Headers.ContentLength == 0));
        Assert.All(answers, answer => Assert.False(answer.Headers.Contains("Server")));
    }

    [Fact]
    public async Task A_head_request_gets_the_location_and_counts_no_click()
    {
        await _service.CreateAsync("https://example.org/x", "mine");

        var head = await _service.Http.SendAsync(new(HttpMethod.Head, "/mine")).Within("a head");
        await GetAsync("/mine");
        await GetAsync("/mine");
        var flush = await _service.Admin.PostAsync("/clicks/flush", null).Within("a flush");

        Assert.Equal((HttpStatusCode.Found, "https://example.org/x"), (head.StatusCode, head.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.NoContent, flush.StatusCode);
        Assert.Equal(2, (long)(await (await GetAsync("/api/links/mine")).JsonAsync())["clicks"]!);
    }

    [Fact]
    public async Task An_alias_belongs_to_the_first_who_took_it()
    {
        var first = await _service.CreateAsync("https://example.org/1", "my-page_1");
        var second = await _service.CreateAsync("https://example.org/2", "my-page_1");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await ProblemAsync(second, 409);
        Assert.Equal("https://example.org/1", (await GetAsync("/my-page_1")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task An_alias_works_at_once_for_a_visitor_who_came_too_early()
    {
        var early = await GetAsync("/early");
        await _service.CreateAsync("https://example.org/", "early");

        await ProblemAsync(early, 404);
        Assert.Equal(HttpStatusCode.Found, (await GetAsync("/early")).StatusCode);
    }

    [Fact]
    public async Task A_repeated_create_with_the_same_key_answers_the_same()
    {
        var first = await _service.CreateAsync("https://example.org/", key: "a/b?c%2F d".Replace(" ", "", StringComparison.Ordinal), expiresIn: 60);
        await GetAsync($"/{(string)(await first.JsonAsync())["code"]!}");
        await _service.Admin.PostAsync("/clicks/flush", null).Within("a flush");
        var second = await _service.CreateAsync("https://example.org/", key: "a/b?c%2Fd", expiresIn: 60);
        var other = await _service.CreateAsync("https://example.org/other", key: "a/b?c%2Fd", expiresIn: 60);
        var byKey = await GetAsync("/api/links/by-key/" + Uri.EscapeDataString("a/b?c%2Fd"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        await ProblemAsync(other, 422);
        Assert.Equal((string)(await first.JsonAsync())["code"]!, (string)(await byKey.JsonAsync())["code"]!);
        await ProblemAsync(await GetAsync("/api/links/by-key/unknown"), 404);
    }

    [Fact]
    public async Task A_link_ends_when_it_was_said_to()
    {
        var made = await (await _service.CreateAsync("https://example.org/", "short", expiresIn: 5)).JsonAsync();
        var before = await GetAsync("/short");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(_time.Start.AddSeconds(5), (DateTimeOffset)made["expiresAt"]!);
        Assert.Equal(HttpStatusCode.Found, before.StatusCode);
        await ProblemAsync(await GetAsync("/short"), 410); // from the cache
        await ProblemAsync(await GetAsync("/api/links/short"), 410);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"https://example.org\"")]
    [InlineData("""{"url":1}""")]
    [InlineData("""{"url":"https://example.org/","expiresIn":"soon"}""")]
    public async Task A_body_that_is_no_json_object_of_the_kind_is_400(string body) => await ProblemAsync(await PostAsync(body), 400);

    [Fact]
    public async Task Everything_wrong_with_a_link_is_told_at_once()
    {
        var problem = await ProblemAsync(await PostAsync("""{"url":"ftp://user@example.org/","alias":"a b","expiresIn":0}"""), 422);

        Assert.Equal(["url", "alias", "expiresIn"], problem["errors"]!.AsObject().Select(field => field.Key));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"url":"http://go.test/mine"}""")]
    [InlineData("""{"url":"https://u:p@example.org/"}""")]
    [InlineData("""{"url":"https://example.org/\r\nX: y"}""")]
    [InlineData("""{"url":"https://example.org/","alias":"ab"}""")]
    [InlineData("""{"url":"https://example.org/","expiresIn":-1}""")]
    public async Task A_link_that_must_not_be_is_422(string body) => await ProblemAsync(await PostAsync(body), 422);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_413(bool announced)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"url":"https://example.org/{{new string('a', 40_000)}}"}""");
        using HttpContent content = announced ? new ByteArrayContent(body) : new StreamContent(new UnseekableStream(body));

        await ProblemAsync(await _service.Http.PostAsync("/api/links", content).Within("a post"), 413);
    }

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    public async Task A_key_that_is_none_is_400(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/links") { Content = JsonContent.Create(new { url = "https://example.org/" }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        await ProblemAsync(await _service.Http.SendAsync(request).Within("a post"), 400);
    }

    [Fact]
    public async Task A_key_has_at_most_200_characters()
    {
        Assert.Equal(HttpStatusCode.Created, (await _service.CreateAsync("https://example.org/", key: new string('k', 200))).StatusCode);
        await ProblemAsync(await _service.CreateAsync("https://example.org/", key: new string('k', 201)), 400);
    }

    [Theory]
    [InlineData("PUT", "/api/links", 405)]
    [InlineData("POST", "/abc", 404)]
    [InlineData("GET", "/ab", 404)]
    [InlineData("GET", "/a.b", 404)]
    [InlineData("GET", "/abc/def", 404)]
    [InlineData("GET", "/metrics", 404)]
    [InlineData("GET", "/health/ready", 404)]
    [InlineData("GET", "/chaos/faults", 404)]
    [InlineData("GET", "/resilience", 404)]
    public async Task What_is_not_public_is_a_problem(string method, string path, int status) =>
        await ProblemAsync(await _service.Http.SendAsync(new(new(method), path)).Within(path), status);

    [Fact]
    public async Task The_form_may_run_its_own_script_and_nothing_else()
    {
        var page = await GetAsync("/");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<form", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_every_path_and_code()
    {
        var description = await (await GetAsync("/openapi.json")).JsonAsync();

        Assert.StartsWith("3.1", (string)description["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(["/api/links", "/api/links/{code}", "/api/links/by-key/{key}", "/{code}", "/", "/openapi.json"], description["paths"]!.AsObject().Select(path => path.Key));
        Assert.Equal(["201", "400", "409", "413", "422", "429", "503", "504"], description["paths"]!["/api/links"]!["post"]!["responses"]!.AsObject().Select(response => response.Key));
    }

    [Fact]
    public async Task Nonsense_on_the_wire_does_not_stop_the_service()
    {
        foreach (var nonsense in new[] { "GET\r\n\r\n", "GET /\0 HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "POST /api/links HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{" })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(_service.Http.BaseAddress!.Host, _service.Http.BaseAddress.Port).Within("a connection");
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(nonsense)).AsTask().Within("a write");
        }

        Assert.Equal(HttpStatusCode.Created, (await _service.CreateAsync("https://example.org/")).StatusCode);
    }

    private sealed class UnseekableStream(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;
    }
}
