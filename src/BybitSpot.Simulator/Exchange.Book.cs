namespace BybitSpot.Simulator;

// The topic orderbook.1: the best bid and ask, snapshots only. A change leaves at once, but one in 10 ms a topic, the newest by then; after
// 3 s without a change the same is sent again, with the same u. A change that nobody is subscribed to is counted and not written.
public sealed partial class Exchange
{
    private static readonly TimeSpan _bookPace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _bookRepeatEvery = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The symbol's best bid and ask, as given, until the next trade moves them (or for good: <see cref="ExchangeFaults.HoldBook"/>). A null
    /// price is an empty side. The same as before changes nothing.
    /// </summary>
    public void Book(string symbol, string? bid, string? bidSize, string? ask, string? askSize)
    {
        if (bid is null != bidSize is null || ask is null != askSize is null) throw new ArgumentException("a side has both price and size, or neither");
        lock (_gate)
        {
            var listing = _listed.Find(symbol);
            if (!listing.HasBook) throw new ArgumentException($"{symbol} has no book before it trades", nameof(symbol));
            var (newBid, newAsk) = (new BookSide(bid, bidSize), new BookSide(ask, askSize));
            if ((listing.Book.Bid, listing.Book.Ask) == (newBid, newAsk)) return;
            CountBookMove(listing);
            listing.Book.Set(newBid, newAsk, listing.Seq, _listed.NowMs);
            BookSoon(listing);
        }
    }

    /// <summary>Under the gate. Somebody has subscribed, or it is listed while somebody is: it is repeated from now on.</summary>
    internal void RepeatBook(Listing listing)
    {
        var book = listing.Book;
        if (!listing.HasBook || book.Repeats || Topics.Subscribers(book.Topic).Length == 0) return;
        book.Repeats = true;
        book.RepeatAt = Now + _bookRepeatEvery;
        Agenda.Add(book.RepeatAt, () => RepeatOrEnd(listing));
    }

    /// <summary>Under the gate. Who was subscribed before it was delisted hears it again.</summary>
    internal void BookIsListed(Listing listing)
    {
        BookSoon(listing);
        RepeatBook(listing);
    }

    /// <summary>The newest trade moved the book, or what moves the book alone did.</summary>
    private void MoveBook(Listing listing, long atMs)
    {
        if (!Faults.IsBookHeld(listing.Symbol) && listing.Book.Follow(listing.Price, listing.Seq, atMs)) BookSoon(listing);
    }

    /// <summary>What moves the book takes a number of the sequence; a derivative's ticker shows it.</summary>
    private void CountBookMove(Listing listing)
    {
        if (Options.Market == "spot") listing.Seq++;
        else listing.BookMoved();
    }

    private void BookSoon(Listing listing)
    {
        var book = listing.Book;
        if (!listing.HasBook || book.Waits || Topics.Subscribers(book.Topic).Length == 0) return;
        if (book.LastSentAt + _bookPace is { } later && later > Now) SendBookAt(listing, later);
        else SendBook(listing);
    }

    // A method of its own: what it captures is allocated at its entry, and most moves send nothing.
    private void SendBookAt(Listing listing, TimeSpan dueAt)
    {
        listing.Book.Waits = true;
        Agenda.Add(dueAt, () =>
        {
            lock (_gate)
            {
                listing.Book.Waits = false;
                if (_listed.IsListed(listing)) SendBook(listing);
            }
        });
    }

    private void SendBook(Listing listing)
    {
        listing.Book.LastSentAt = Now;
        listing.Book.RepeatAt = Now + _bookRepeatEvery;
        Payloads.Book(_payload, Options.Market, listing, _listed.NowMs);
        Publish(listing.Book.Topic, _payload.Written);
    }

    private void RepeatOrEnd(Listing listing)
    {
        lock (_gate)
        {
            var book = listing.Book;
            book.Repeats = _listed.IsListed(listing) && Topics.Subscribers(book.Topic).Length > 0;
            if (!book.Repeats) return;
            if (book.RepeatAt <= Now) BookSoon(listing);
            // Not sent yet when it has to wait for its pace.
            Agenda.Add(book.RepeatAt > Now ? book.RepeatAt : Now + _bookPace, () => RepeatOrEnd(listing));
        }
    }
}
