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
    [InlineData("{\"op\":\"subscribe\",\"success\":\"true\",\"req_id\":7}", "subscribe", false, "", "")]
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

    [Theory]
    [InlineData("error:already subscribed,topic:tickers.BTCUSDT", true)]
    [InlineData("Already Subscribed", true)]
    [InlineData("Invalid symbol :[tickers.XUSDT]", false)]
    [InlineData("", false)]
    public void A_duplicate_subscription_is_known_by_its_reason(string reason, bool expected) =>
        Assert.Equal(expected, new ControlMessage("subscribe", false, reason, "").IsAlreadySubscribed);

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

    private static ControlMessage? Parse(string frame) => ControlMessage.Parse(Encoding.UTF8.GetBytes(frame));
}
