using System.Text;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class ControlMessageTests
{
    [Theory]
    [InlineData("{\"success\":true,\"ret_msg\":\"subscribe\",\"conn_id\":\"2324d924-aa4d\",\"req_id\":\"7\",\"op\":\"subscribe\"}", "subscribe", true, "subscribe", "7")]
    [InlineData("{\"success\":true,\"ret_msg\":\"\",\"conn_id\":\"2324d924-aa4d\",\"req_id\":\"7\",\"op\":\"subscribe\"}", "subscribe", true, "", "7")]
    [InlineData("{\"success\":true,\"ret_msg\":\"subscribe\",\"conn_id\":\"2324d924-aa4d\",\"op\":\"subscribe\"}", "subscribe", true, "subscribe", "")]
    [InlineData("{\"success\":true,\"ret_msg\":\"\",\"conn_id\":\"2324d924-aa4d\",\"req_id\":\"\",\"op\":\"subscribe\"}", "subscribe", true, "", "")]
    [InlineData("{\"success\":true,\"ret_msg\":\"unsubscribe\",\"conn_id\":\"2324d924-aa4d\",\"op\":\"unsubscribe\"}", "unsubscribe", true, "unsubscribe", "")]
    [InlineData("{\"success\":false,\"ret_msg\":\"args size \\u003e10\",\"conn_id\":\"2324d924-aa4d\",\"op\":\"subscribe\"}", "subscribe", false, "args size >10", "")]
    [InlineData("{\"success\":false,\"ret_msg\":\"Invalid symbol :[publicTrade.XUSDT]\",\"conn_id\":\"c\",\"req_id\":\"7\",\"op\":\"subscribe\"}", "subscribe", false, "Invalid symbol :[publicTrade.XUSDT]", "7")]
    [InlineData("{\"success\":false,\"ret_msg\":\"error:handler not found,topic:tickers.XUSDT\",\"req_id\":\"8\",\"op\":\"subscribe\"}", "subscribe", false, "error:handler not found,topic:tickers.XUSDT", "8")]
    [InlineData("{\"op\":\"subscribe\",\"req_id\":\"9\",\"extra\":{\"a\":[1]},\"ret_msg\":null,\"success\":true}", "subscribe", true, "", "9")]
    [InlineData("{\"success\":true}", "", true, "", "")]
    [InlineData("{\"op\":\"subscribe\"}", "subscribe", false, "", "")]
    [InlineData("{\"op\":\"subscribe\",\"success\":\"true\",\"req_id\":7}", "subscribe", true, "", "")]
    [InlineData("{\"op\":\"subscribe\",\"success\":\"TRUE\",\"req_id\":\"7\"}", "subscribe", true, "", "7")]
    [InlineData("{\"op\":\"subscribe\",\"success\":\"False\",\"req_id\":\"7\"}", "subscribe", false, "", "7")]
    [InlineData("{\"op\":\"subscribe\",\"success\":\"yes\",\"req_id\":\"7\"}", "subscribe", false, "", "7")]
    [InlineData("{\"success\":\"False\"}", "", false, "", "")]
    [InlineData("{\"op\":\"subscribe\",\"success\":{\"success\":true},\"req_id\":[\"7\"]}", "subscribe", false, "", "")]
    public void Every_documented_answer_is_read(string frame, string operation, bool success, string reason, string id) =>
        Assert.Equal(new ControlMessage(operation, success, reason, id), Parse(frame));

    [Theory]
    [InlineData("{\"success\":true,\"ret_msg\":\"pong\",\"conn_id\":\"c\",\"op\":\"ping\"}")]
    [InlineData("{\"success\":true,\"ret_msg\":\"pong\",\"conn_id\":\"c\",\"req_id\":\"ping-3\",\"op\":\"ping\"}")]
    [InlineData("{\"success\":true,\"ret_msg\":\"\",\"op\":\"ping\"}")]
    [InlineData("{\"op\":\"pong\",\"args\":[\"1786310819126\"]}")]
    [InlineData("{\"success\":true,\"ret_msg\":\"pong\"}")]
    public void A_pong_is_known_in_every_form_that_the_exchange_gives_it(string frame) => Assert.True(Parse(frame)!.IsPong);

    [Theory]
    [InlineData("{\"success\":false,\"ret_msg\":\"rate limit\",\"op\":\"ping\"}")]
    [InlineData("{\"success\":true,\"ret_msg\":\"subscribe\",\"op\":\"subscribe\"}")]
    public void What_is_no_pong_is_not_taken_for_one(string frame) => Assert.False(Parse(frame)!.IsPong);

    [Theory, Trait("Fault", "6")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"hello\":1}")]
    [InlineData("{\"op\":5}")]
    [InlineData("{\"op\":\"\\uD800\"}")]
    [InlineData("{\"success\":true,\"ret_msg\":")]
    public void What_is_no_answer_is_none(string frame) => Assert.Null(Parse(frame));

    [Fact]
    public void A_long_reason_is_cut_for_the_log()
    {
        string reason = new('x', 5_000);
        Assert.Equal(reason[..300], Parse($"{{\"success\":false,\"ret_msg\":\"{reason}\",\"op\":\"subscribe\"}}")!.Reason);
    }

    [Fact, Trait("Fault", "77")]
    public void Words_are_kept_longer_than_the_log_takes_them_and_are_bounded_and_never_cut_within_a_character()
    {
        string words = new string('x', 299) + "😀" + new string('y', 10_000);
        ControlMessage answer = Parse($"{{\"success\":false,\"ret_msg\":\"{words}\",\"op\":\"subscribe\"}}")!;
        Assert.Equal(words[..299], answer.Reason);
        Assert.Equal(words[..4_096], answer.Words);
    }

    private static ControlMessage? Parse(string frame) => ControlMessage.Parse(Encoding.UTF8.GetBytes(frame));
}
