using System.Text;
using BybitSpot.App;
using BybitSpot.Feed;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Recorded;

public sealed class FrameQueueTests
{
    private readonly FrameQueue _queue = new();

    [Fact]
    public void Messages_come_out_as_they_went_in()
    {
        var chance = new Random(1);
        byte[] bytes = new byte[100_000];
        chance.NextBytes(bytes);
        for (int round = 0; round < 20; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, chance.Next(20)).Select(_ => chance.Next(bytes.Length))];
            for (int i = 0; i < lengths.Length; i++)
                _queue.Add(i % 4 + 1, i % 3 != 0, i, bytes.AsSpan(0, lengths[i]));
            ReadOnlySpan<byte> all = _queue.TakeAll();
            for (int i = 0; i < lengths.Length; i++)
            {
                Assert.True(FrameQueue.TryCut(ref all, out FrameHead head, out ReadOnlySpan<byte> text));
                Assert.Equal((i % 4 + 1, i % 3 != 0, (long)i), (head.Line, head.Incoming, head.At));
                Assert.True(text.SequenceEqual(bytes.AsSpan(0, lengths[i])));
            }
            Assert.False(FrameQueue.TryCut(ref all, out _, out _));
        }
        Assert.Equal(0, _queue.Dropped);
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_counted_and_what_was_there_stays()
    {
        byte[] message = new byte[1_000_000];
        int added = 0;
        for (; _queue.Dropped == 0; added++)
            _queue.Add(1, true, added, message);
        Assert.Equal(FrameQueue.BytesMax / message.Length + 1, added);
        _queue.Add(1, true, 0, message);
        Assert.Equal(2, _queue.Dropped);

        ReadOnlySpan<byte> all = _queue.TakeAll();
        for (int i = 0; i < added - 1; i++)
        {
            Assert.True(FrameQueue.TryCut(ref all, out FrameHead head, out _));
            Assert.Equal(i, head.At);
        }
        Assert.True(all.IsEmpty);
        _queue.Add(1, true, 7, message);
        Assert.False(_queue.TakeAll().IsEmpty);
        Assert.Equal(2, _queue.Dropped);
    }

    [Fact]
    public void The_tap_allocates_nothing_for_a_message_whether_there_is_room_or_not()
    {
        FrameTap tap = _queue.Add;
        byte[] message = Encoding.ASCII.GetBytes(new string('x', 500));
        Allocations.None(() => Tap(1_000));
        Assert.Equal(0, _queue.Dropped);
        Allocations.None(() => Tap(20_000));
        Assert.NotEqual(0, _queue.Dropped);

        void Tap(int times)
        {
            for (int i = 0; i < times; i++)
                tap(1, true, i, message);
        }
    }

    [Fact]
    public void What_is_closed_takes_nothing_and_counts_nothing()
    {
        _queue.Close();
        _queue.Add(1, true, 1, "a"u8);
        Assert.True(_queue.TakeAll().IsEmpty);
        Assert.Equal(0, _queue.Dropped);
    }

    [Fact]
    public async Task Several_lines_at_once_lose_nothing_and_each_keeps_its_order()
    {
        const int Lines = 3, Each = 10_000;
        Task[] lines = [.. Enumerable.Range(1, Lines).Select(line => Task.Run(() =>
        {
            Span<byte> message = stackalloc byte[64];
            for (int i = 0; i < Each; i++)
            {
                BitConverter.TryWriteBytes(message, line * 1_000_000 + i);
                _queue.Add(line, true, i, message);
            }
        }))];
        var next = new int[Lines + 1];
        Until.True("all came", () =>
        {
            ReadOnlySpan<byte> all = _queue.TakeAll();
            while (FrameQueue.TryCut(ref all, out FrameHead head, out ReadOnlySpan<byte> text))
            {
                Assert.Equal(next[head.Line], head.At);
                Assert.Equal(head.Line * 1_000_000 + next[head.Line]++, BitConverter.ToInt32(text));
            }
            return next.Sum() + _queue.Dropped == Lines * Each;
        });
        await Task.WhenAll(lines);
        Assert.Equal(0, _queue.Dropped);
    }
}
