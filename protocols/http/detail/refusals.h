// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Everything that a parser may refuse a message for, by the sections of RFC 9112 that say so, with
// the status that answers it: RFC 9110 sections 15.5 and 15.6, RFC 6585 section 5.
#pragma once

#include <couplet/protocols/http/errors.h>

namespace couplet::detail {

// Lines: 2.2.
inline constexpr HTTPRefusal kControlByte{400, "A line of the message has a control byte in it."};
inline constexpr HTTPRefusal kBareCR{400, "A CR in the message is not followed by LF."};
inline constexpr HTTPRefusal kBareLF{400, "A line of the message ends with LF, without CR."};
inline constexpr HTTPRefusal kEmptyLines{400, "More than one empty line is before the request."};

// The version: 2.3.
inline constexpr HTTPRefusal kBadVersion{400, "The version is not HTTP/1.1 or HTTP/1.0."};
inline constexpr HTTPRefusal kOtherVersion{505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};

// The request line: 3; the target: 3.2; that of CONNECT: 3.2.3.
inline constexpr HTTPRefusal kBadRequestLine{
    400, "The request line is not a method, a target and a version with a space between each."};
inline constexpr HTTPRefusal kBadMethod{400, "The method is no token."};
inline constexpr HTTPRefusal kBadTargetByte{
    400, "The target has a fragment, or a byte that must be percent-encoded."};
inline constexpr HTTPRefusal kBadTarget{400, "The target is no path, URL or asterisk."};
inline constexpr HTTPRefusal kBadConnectTarget{400, "CONNECT is not asked for HOST:PORT."};
inline constexpr HTTPRefusal kFirstLineTooLong{414, "The request line is longer than allowed."};

// Host: 3.2.
inline constexpr HTTPRefusal kNoHost{400, "The request has no Host."};
inline constexpr HTTPRefusal kManyHosts{400, "The request has more than one Host."};
inline constexpr HTTPRefusal kBadHost{400, "The Host is not a host or HOST:PORT."};

// The status line: 4.
inline constexpr HTTPRefusal kBadStatusLine{
    400, "The status line is not a version, a status of three digits and a reason."};
inline constexpr HTTPRefusal kStatusLineTooLong{431, "The status line is longer than allowed."};

// Fields: 5, 5.1; folded ones: 5.2.
inline constexpr HTTPRefusal kNoColon{400, "A header line has no colon."};
inline constexpr HTTPRefusal kSpaceBeforeColon{400, "A header name has a space behind it."};
inline constexpr HTTPRefusal kBadName{400, "A header name is empty or no token."};
inline constexpr HTTPRefusal kFold{400, "A header line begins with a space or tab."};
inline constexpr HTTPRefusal kHeadTooLarge{431, "The head of the message is larger than allowed."};
inline constexpr HTTPRefusal kTooManyFields{431, "The message has more fields than allowed."};

// Where the body ends: 6.1, 6.2, 6.3.
inline constexpr HTTPRefusal kManyLengths{400, "The message has several Content-Lengths."};
inline constexpr HTTPRefusal kBadLength{400, "The Content-Length is no decimal number."};
inline constexpr HTTPRefusal kLengthTooLarge{400, "The Content-Length is past 2^63-1."};
inline constexpr HTTPRefusal kLengthAndCoding{
    400, "The message has both Content-Length and Transfer-Encoding."};
inline constexpr HTTPRefusal kCodingOn10{400, "HTTP/1.0 has no Transfer-Encoding."};
inline constexpr HTTPRefusal kBadCoding{400,
                                        "The Transfer-Encoding is not chunked, once and last."};
inline constexpr HTTPRefusal kUnknownCoding{501, "No Transfer-Encoding but chunked is known."};
inline constexpr HTTPRefusal kBodyTooLarge{413, "The body is larger than allowed."};

// Chunks: 7.1, with 7.1.1 and 7.1.2.
inline constexpr HTTPRefusal kBadChunkSize{400, "A chunk does not begin with its size."};
inline constexpr HTTPRefusal kChunkTooLarge{400, "The size of a chunk is past 2^63-1."};
inline constexpr HTTPRefusal kChunkLineTooLong{400, "The line of a chunk's size is too long."};
inline constexpr HTTPRefusal kBadChunkEnd{400, "A chunk's data does not end with CR LF."};
inline constexpr HTTPRefusal kTrailersTooLarge{400, "The trailers are larger than allowed."};

// The end of input: 8. What a server sends unasked: 9.2, RFC 9110 15.2.2.
inline constexpr HTTPRefusal kHeadCutShort{400, "The input ended in the head of a message."};
inline constexpr HTTPRefusal kBodyCutShort{400, "The input ended in the body of a message."};
inline constexpr HTTPRefusal kNoResponse{502, "The input ended before a response."};
inline constexpr HTTPRefusal kUnaskedBytes{502, "The server sends more than was asked for."};
inline constexpr HTTPRefusal kUnaskedSwitch{502,
                                            "The server switches protocols without being asked."};

}  // namespace couplet::detail
