using System.Runtime.CompilerServices;

namespace ChaosLab.Load;

/// <summary>What an iteration or a step came to.</summary>
public interface IResponse
{
    /// <summary>Outcome in a word, e.g. <c>"302"</c>; empty when the code has none.</summary>
    string StatusCode { get; }
    /// <summary>True when the outcome counts as a failure.</summary>
    bool IsError { get; }
    /// <summary>Bytes transferred, 0 or more.</summary>
    long SizeBytes { get; }
    /// <summary>Free text for the report; empty when there is none.</summary>
    string Message { get; }
}

/// <summary>A response that may carry a value for the next step.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed class Response<T> : IResponse
{
    internal Response(bool isError, string statusCode, string message, long sizeBytes, Payload<T> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        (IsError, StatusCode, Message, SizeBytes, Payload) = (isError, statusCode, message, sizeBytes, payload);
    }

    /// <inheritdoc/>
    public string StatusCode { get; }
    /// <inheritdoc/>
    public bool IsError { get; }
    /// <inheritdoc/>
    public long SizeBytes { get; }
    /// <inheritdoc/>
    public string Message { get; }
    /// <summary>The value, if the step produced one.</summary>
    public Payload<T> Payload { get; }
}

/// <summary>A value that is there or not.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public readonly struct Payload<T>
{
    private readonly T? _value;
    private readonly bool _isSome;

    internal Payload(T value) => (_value, _isSome) = (value, value is not null);

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => _isSome ? _value! : throw new InvalidOperationException("The response carries no payload.");
    /// <summary>True when there is a value.</summary>
    public bool IsSome() => _isSome;
    /// <summary>True when there is none.</summary>
    public bool IsNone() => !_isSome;
}

/// <summary>Makes responses. Mind the order: <c>Ok</c> takes size before message, <c>Fail</c> message before size.</summary>
public static class Response
{
    // Asked for on every iteration of simple scenarios, so made once.
    private static readonly Response<object> PlainOk = new(false, "", "", 0, default);
    private static readonly Response<object> PlainFail = new(true, "", "", 0, default);

    /// <summary>Success without details.</summary>
    public static Response<object> Ok() => PlainOk;
    /// <summary>Failure without details.</summary>
    public static Response<object> Fail() => PlainFail;

    /// <summary>Success with a status code, a size in bytes and a message.</summary>
    [OverloadResolutionPriority(1)] // Ok("302") names a status code; a text payload says payload:
    public static Response<object> Ok(string statusCode = "", long sizeBytes = 0, string message = "") =>
        new(false, statusCode, message, sizeBytes, default);
    /// <summary>Success of a step that could have carried a <typeparamref name="T"/>.</summary>
    public static Response<T> Ok<T>(string statusCode = "", long sizeBytes = 0, string message = "") =>
        new(false, statusCode, message, sizeBytes, default);
    /// <summary>Success with a value for the next step.</summary>
    public static Response<T> Ok<T>(T payload, string statusCode = "", long sizeBytes = 0, string message = "") =>
        new(false, statusCode, message, sizeBytes, new Payload<T>(payload));

    /// <summary>Failure with a status code, a message and a size in bytes.</summary>
    [OverloadResolutionPriority(1)]
    public static Response<object> Fail(string statusCode = "", string message = "", long sizeBytes = 0) =>
        new(true, statusCode, message, sizeBytes, default);
    /// <summary>Failure of a step that could have carried a <typeparamref name="T"/>.</summary>
    public static Response<T> Fail<T>(string statusCode = "", string message = "", long sizeBytes = 0) =>
        new(true, statusCode, message, sizeBytes, default);
    /// <summary>Failure with a value, for example the answer that was wrong.</summary>
    public static Response<T> Fail<T>(T payload, string statusCode = "", string message = "", long sizeBytes = 0) =>
        new(true, statusCode, message, sizeBytes, new Payload<T>(payload));
}
