using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Tests.Hosts;

public class InventoryTests
{
    private const string Whole = """
        {"_meta": {"hostvars": {
            "lb1": {"ansible_host": "192.0.2.11"}, "app1": {"ansible_host": "192.0.2.21"}, "app2": {"ansible_host": "192.0.2.22"},
            "db1": {"ansible_host": "192.0.2.31"}, "db2": {"ansible_host": "192.0.2.32"}, "db3": {"ansible_host": "192.0.2.33"}, "obs1": {"ansible_host": "192.0.2.41"}}},
         "all": {"children": ["ungrouped", "lab"]}, "lab": {"children": ["lb", "app", "db", "obs"]},
         "lb": {"hosts": ["lb1"]}, "app": {"children": ["west"]}, "west": {"hosts": ["app1", "app2"]}, "db": {"hosts": ["db1", "db2", "db3"]}, "obs": {"hosts": ["obs1"]}}
        """;

    [Fact]
    public void Hosts_are_found_by_role_also_through_groups_of_groups()
    {
        var inventory = Inventory.Parse("x", Whole);

        Assert.Empty(inventory.Problems());
        Assert.Equal(["app1", "app2"], inventory.Groups["app"]);
        Assert.Equal("192.0.2.32", inventory.Addresses["db2"]);
    }

    [Theory]
    [InlineData("\"obs\": {\"hosts\": [\"obs1\"]}", "\"obs\": {}", "group `obs` has no hosts")]
    [InlineData("\"db1\", \"db2\", \"db3\"", "\"db1\", \"db2\"", "make it an odd number")]
    [InlineData("192.0.2.22", "app2.example", "app2: ansible_host is `app2.example`")]
    [InlineData("192.0.2.22", "192.0.2.21", "app1 and app2 have the same address")]
    [InlineData("{\"hosts\": [\"obs1\"]}", "{\"hosts\": [\"db3\"]}", "db3 is in the groups db and obs")]
    public void What_keeps_an_inventory_from_being_a_lab_is_said(string right, string wrong, string says)
    {
        Assert.Contains(right, Whole, StringComparison.Ordinal);

        var problems = Inventory.Parse("x", Whole.Replace(right, wrong, StringComparison.Ordinal)).Problems();

        Assert.Contains(problems, problem => problem.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var problems = Inventory.Parse("x", """{"_meta": {"hostvars": {"db1": {}, "db2": {"ansible_host": "nowhere"}}}, "db": {"hosts": ["db1", "db2"]}}""").Problems();

        Assert.Equal(6, problems.Count);
    }

    [Fact]
    public async Task A_missing_inventory_is_one_message_that_names_the_shipped_ones()
    {
        var refused = await Assert.ThrowsAsync<LabRefusedException>(() => Inventory.ReadAsync("/nowhere/hosts.yml", Path.Combine(Verbs.LabProgram.Root, "ansible"), TestContext.Current.CancellationToken));

        Assert.Contains("/nowhere/hosts.yml", refused.Message, StringComparison.Ordinal);
        Assert.Contains("docker", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_the_flag_means_a_shipped_inventory_or_a_path()
    {
        var ansible = Path.Combine(Verbs.LabProgram.Root, "ansible");

        Assert.Equal(Path.Combine(ansible, "inventories", "docker"), Inventory.PathOf("docker", ansible));
        Assert.Equal("/etc/mine", Inventory.PathOf("/etc/mine", ansible));
    }

    [Fact]
    public void How_hosts_are_reached_is_read_as_Ansible_writes_it()
    {
        var reach = LabReach.Parse("""
            {"hosts": [{"name": "db1", "role": "db", "address": "192.0.2.31", "port": 2222, "user": "deploy", "key": "/k", "options": "-o A=b  -o C=d", "become": true}],
             "vip": "192.0.2.10", "certificateAuthority": "", "publicPort": 8080, "adminPort": 8081, "adminToken": "t-of-the-admin", "balancerStatusPort": 8404,
             "databaseApiPort": 8008, "databaseUser": "shortener", "databasePassword": "p-of-the-database"}
            """);

        var words = Assert.Single(reach.Hosts).SshWords(null);

        Assert.Equal(["-i", "/k", "-l", "deploy", "-p", "2222", "-o", "A=b", "-o", "C=d", "192.0.2.31"], words.TakeLast(11));
        Assert.Equal(["ssh", "-F", "none"], words.Take(3));
        Assert.Equal(2, reach.Secrets.Count);
    }
}
