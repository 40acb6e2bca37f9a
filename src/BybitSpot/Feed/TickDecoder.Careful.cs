using System.Text.Json;
using System.Text.Unicode;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    // One pass over the message with the framework's reader. The topic may stand after the data, so data is read by its own
    // form (an object is a ticker's, an array a trade message's) and judged at the end, when the topic is known. A field's
    // fault is kept beside the field, so that a later field of the same name replaces both.
    private ref struct CarefulDecode(ReadOnlySpan<byte> frame, bool retailCounts)
    {
        private readonly ReadOnlySpan<byte> _frame = frame;
        private readonly bool _retailCounts = retailCounts;
        private Utf8JsonReader _reader = new(frame);

        private ReadOnlySpan<byte> _topic;
        private bool _hasTopic, _hasControl, _isDelta;
        private long _ts;
        private DropReason _tsFault = DropReason.Time;
        private bool _hasTs;
        private long _cs = Tick.NoSequence;
        private DropReason _csFault;

        private JsonTokenType _dataForm = JsonTokenType.None;
        private DropReason _dataFault;
        private ReadOnlySpan<byte> _symbol;
        private ReadOnlySpan<byte> _price;
        private bool _hasPrice, _hasTrade, _hasVolume;
        private long _tradeTime, _tradeSequence;
        private ulong _tradeId, _tradeMark;

        public Verdict Run(ref Message message)
        {
            // The reader does not look inside strings for bad UTF-8.
            if (!Utf8.IsValid(_frame))
                return Bad(ref message, DropReason.NotJson);
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                _reader.Skip();
                _reader.Read();
                return Bad(ref message, DropReason.Shape);
            }
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
                ReadRootProperty();
            // Nothing may follow the object: the reader throws if it does.
            _reader.Read();
            return Judge(ref message);
        }

        private void ReadRootProperty()
        {
            if (_reader.ValueTextEquals("topic"u8))
            {
                _reader.Read();
                _hasTopic = TryText(out _topic);
                if (!_hasTopic)
                    _reader.Skip();
            }
            else if (_reader.ValueTextEquals("ts"u8))
            {
                _hasTs = true;
                _tsFault = ReadTime(out _ts);
            }
            else if (_reader.ValueTextEquals("cs"u8))
            {
                _csFault = ReadSequence(out _cs);
            }
            else if (_reader.ValueTextEquals("type"u8))
            {
                _reader.Read();
                _isDelta = TryText(out ReadOnlySpan<byte> type) && type.SequenceEqual("delta"u8);
                _reader.Skip();
            }
            else if (_reader.ValueTextEquals("data"u8))
            {
                _reader.Read();
                ReadData();
            }
            else
            {
                _hasControl |= _reader.ValueTextEquals("op"u8) || _reader.ValueTextEquals("success"u8);
                _reader.Skip();
            }
        }

        private void ReadData()
        {
            _dataForm = _reader.TokenType;
            _dataFault = DropReason.None;
            _symbol = default;
            _price = default;
            _hasPrice = _hasTrade = _hasVolume = false;
            if (_dataForm == JsonTokenType.StartObject)
                ReadTicker();
            else if (_dataForm == JsonTokenType.StartArray)
                ReadTrades();
            else
                _dataFault = DropReason.Shape;
        }

        private void ReadTicker()
        {
            var symbolFault = DropReason.Shape;
            var priceFault = DropReason.None;
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_reader.ValueTextEquals("symbol"u8))
                    symbolFault = ReadString(out _symbol) ? DropReason.None : DropReason.Shape;
                else if (_reader.ValueTextEquals("lastPrice"u8))
                {
                    _hasPrice = true;
                    priceFault = ReadPrice(out _price);
                }
                else if (_reader.ValueTextEquals("volume24h"u8))
                    _hasVolume = ReadString(out ReadOnlySpan<byte> volume) && !volume.IsEmpty;
                else
                    _reader.Skip();
            }
            _dataFault = symbolFault != DropReason.None ? symbolFault : priceFault;
        }

        private void ReadTrades()
        {
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                DropReason fault = DropReason.Shape;
                if (_reader.TokenType == JsonTokenType.StartObject)
                    fault = ReadTrade();
                else
                    _reader.Skip();
                if (_dataFault == DropReason.None)
                    _dataFault = fault;
            }
        }

        private DropReason ReadTrade()
        {
            ReadOnlySpan<byte> symbol = default, price = default;
            long time = 0, sequence = Tick.NoSequence;
            ulong id = 0, mark = 0;
            bool isBlock = false, isRetail = false;
            DropReason symbolFault = DropReason.Shape, priceFault = DropReason.Price, timeFault = DropReason.Time;
            var sequenceFault = DropReason.None;
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_reader.ValueTextEquals("s"u8))
                    symbolFault = ReadString(out symbol) ? DropReason.None : DropReason.Shape;
                else if (_reader.ValueTextEquals("p"u8))
                    priceFault = ReadPrice(out price);
                else if (_reader.ValueTextEquals("T"u8))
                    timeFault = ReadTime(out time);
                else if (_reader.ValueTextEquals("seq"u8))
                    sequenceFault = ReadSequence(out sequence);
                else if (_reader.ValueTextEquals("i"u8))
                {
                    id = ReadString(out ReadOnlySpan<byte> text) ? TradeIdOf(text) : 0;
                    mark = id == 0 ? Stamp.MarkOf(text) : 0;
                }
                else if (_reader.ValueTextEquals("BT"u8))
                    isBlock = ReadFlag();
                else if (_reader.ValueTextEquals("RPI"u8))
                    isRetail = ReadFlag();
                else
                    _reader.Skip();
            }
            DropReason fault = First(symbolFault, priceFault, timeFault, sequenceFault);
            if (fault != DropReason.None)
                return fault;
            if (_hasTrade && !_symbol.SequenceEqual(symbol))
                return DropReason.SymbolMismatch;
            _symbol = symbol;
            _hasTrade = true;
            if (!isBlock && (_retailCounts || !isRetail))
            {
                _hasPrice = true;
                _price = price;
                _tradeTime = time;
                _tradeSequence = sequence;
                (_tradeId, _tradeMark) = (id, mark);
            }
            return DropReason.None;
        }

        private readonly Verdict Judge(ref Message message)
        {
            if (!_hasTopic)
                return _hasControl ? Verdict.Control : Bad(ref message, DropReason.Shape);
            ReadOnlySpan<byte> topicSymbol;
            JsonTokenType form;
            if (_topic.StartsWith(TickersPrefix))
            {
                message.Channel = Channel.Ticker;
                topicSymbol = _topic[TickersPrefix.Length..];
                form = JsonTokenType.StartObject;
            }
            else if (_topic.StartsWith(TradesPrefix))
            {
                message.Channel = Channel.Trade;
                topicSymbol = _topic[TradesPrefix.Length..];
                form = JsonTokenType.StartArray;
            }
            else
                return Bad(ref message, DropReason.UnknownTopic);
            // Also of a message that is dropped: its topic speaks.
            message.Symbol = topicSymbol;
            bool isTicker = message.Channel == Channel.Ticker;
            message.IsDelta = isTicker && _isDelta;
            if (_dataForm != form || topicSymbol.IsEmpty)
                return Bad(ref message, DropReason.Shape);
            // A trade message's own ts is not what orders it, but one that is there must be right; a ticker needs it.
            DropReason fault = First(isTicker || _hasTs ? _tsFault : DropReason.None, isTicker ? _csFault : DropReason.None, _dataFault);
            if (fault == DropReason.None && (isTicker || _hasTrade) && !_symbol.SequenceEqual(topicSymbol))
                fault = DropReason.SymbolMismatch;
            if (fault == DropReason.None && isTicker && !_hasPrice && !_isDelta)
                fault = DropReason.Price;
            if (fault != DropReason.None)
                return Bad(ref message, fault);
            if (!_hasPrice)
            {
                if (isTicker)
                    (message.TimeMs, message.Sequence, message.HasTraded) = (_ts, _cs, _hasVolume);
                return Verdict.Unpriced;
            }
            message.Price = _price;
            message.TimeMs = isTicker ? _ts : _tradeTime;
            message.Sequence = isTicker ? _cs : _tradeSequence;
            (message.TradeId, message.IdMark) = isTicker ? (0, 0) : (_tradeId, _tradeMark);
            return Verdict.Tick;
        }

        private static DropReason First(DropReason a, DropReason b, DropReason c, DropReason d = DropReason.None) =>
            a != DropReason.None ? a : b != DropReason.None ? b : c != DropReason.None ? c : d;

        private DropReason ReadTime(out long timeMs)
        {
            timeMs = 0;
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out timeMs) && timeMs is >= IsoTime.TimeMsMin and <= IsoTime.TimeMsMax)
                return DropReason.None;
            _reader.Skip();
            return DropReason.Time;
        }

        private DropReason ReadSequence(out long sequence)
        {
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out sequence) && sequence >= 0)
                return DropReason.None;
            sequence = Tick.NoSequence;
            _reader.Skip();
            return DropReason.Sequence;
        }

        private DropReason ReadPrice(out ReadOnlySpan<byte> price) =>
            ReadString(out price) && Price.IsValid(price) ? DropReason.None : DropReason.Price;

        private bool ReadFlag()
        {
            _reader.Read();
            bool isTrue = _reader.TokenType == JsonTokenType.True;
            _reader.Skip();
            return isTrue;
        }

        private bool ReadString(out ReadOnlySpan<byte> text)
        {
            _reader.Read();
            bool isText = TryText(out text);
            _reader.Skip();
            return isText;
        }

        // The token's text, if it is a string. Nothing that we read needs escapes, so unescaping may allocate.
        private readonly bool TryText(out ReadOnlySpan<byte> text)
        {
            text = default;
            if (_reader.TokenType != JsonTokenType.String)
                return false;
            if (!_reader.ValueIsEscaped)
            {
                text = _reader.ValueSpan;
                return true;
            }
            byte[] unescaped = new byte[_reader.ValueSpan.Length];
            text = unescaped.AsSpan(0, _reader.CopyString(unescaped));
            return true;
        }
    }
}
