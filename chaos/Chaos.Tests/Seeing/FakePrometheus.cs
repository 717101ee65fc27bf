using System.Net;
using ChaosLab.Lab.Balancer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>Answers as Prometheus does, one prepared answer after the other; null: it says nothing until the other side gives up.</summary>
internal sealed class FakePrometheus : IDisposable
{
    private readonly Queue<string?> answers;
    private Listener? listener;

    private FakePrometheus(string?[] answers) => this.answers = new Queue<string?>(answers);

    public Uri Address => listener!.Address;

    public List<string> Asked { get; } = [];

    public static async Task<FakePrometheus> OfAsync(params string?[] answers)
    {
        var prometheus = new FakePrometheus(answers);
        prometheus.listener = await Listener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), prometheus.ServeAsync, NullLoggerFactory.Instance, CancellationToken.None);
        return prometheus;
    }

    public void Dispose() => listener?.Dispose();

    private async Task ServeAsync(HttpContext context)
    {
        Asked.Add(context.Request.Path + context.Request.QueryString);
        if (answers.Dequeue() is not { } answer)
        {
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (context.RequestAborted.Register(gone.SetResult)) await gone.Task;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer);
    }
}
