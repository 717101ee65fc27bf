namespace ChaosLab.Load.Scenarios;

/// <summary>Everything visitors do, in one list.</summary>
public static class VisitorScenarios
{
    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<VisitorScenario> All { get; } =
    [
        new("follow-links", "Visitors follow links; a few links are popular (Zipf).", FollowLinks.Create),
        new("shorten-and-follow", "Each visitor makes a link and follows it at once.", ShortenAndFollow.Create),
        new("hot-link", "Everybody follows the same link.", HotLink.Create),
        new("unknown-codes", "Visitors ask for codes that do not exist.", UnknownCodes.Create),
        new("mixed", "99 of 100 visitors follow a link, one makes one.", Mixed.Create),
    ];
}
