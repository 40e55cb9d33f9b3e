#!/usr/bin/perl
# Transcript tier, no root: RFC 2428, EPRT and EPSV. Each test is a row of
# t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $ipv6 = Inftpd::Test::has_ipv6();
my $drain = \&Inftpd::Test::Client::drain;

$server->file('file', 'content');

sub alice { return session($server, 'alice', @_) }

# Over IPv6; a machine without it is no failure.
sub requirement6 {
	my ($name, $test) = @_;

	if ($ipv6) {
		requirement $name => $test;
	} else {
		SKIP: { skip 'no ::1 on this machine', 1 }
	}
}

requirement 'RFC 2428 2: EPRT is answered with 200 and used' => sub {
	my $c = alice();

	gives($c, 'EPRT |1|127.0.0.1|51200|', 200);
	same(($c->retr('file', 'eprt'))[0], 'content', 'RETR');
	same(($c->stor('stored', 'x', 'eprt'))[0], 226, 'STOR');
};
requirement6 'RFC 2428 2: EPRT with an IPv6 address' => sub {
	same((alice(address => '::1')->retr('file', 'eprt'))[0], 'content', 'RETR');
};
requirement 'RFC 2428 2: any printing character may be the delimiter' => sub {
	my $c = alice();

	gives($c, "EPRT ${_}1${_}127.0.0.1${_}51200${_}", 200)
	    for grep { !/[0-9.]/ } map { chr } 33 .. 126;
};
requirement 'RFC 2428 2: a digit may be the delimiter, too' => sub {
	my $c = alice();

	gives($c, 'EPRT 919127.0.0.1951200' . '9', 200);
	gives($c, 'EPRT 818127.0.0.1851200' . '8', 200);
	gives($c, 'EPRT 111127.0.0.1151200' . '1', 501);
};
requirement 'RFC 2428 2: malformed EPRT is 501' => sub {
	my $c = alice();

	gives($c, "EPRT$_", 501) for '', ' ', ' |', ' |1|127.0.0.1|51200',
	    ' |1|127.0.0.1|65536|', ' |1|127.0.0.1||', ' |1||51200|',
	    ' |1|127.0.0|51200|', ' |1|::1|51200|', ' |2|127.0.0.1|51200|',
	    ' |1|127.0.0.1|51200|x', ' |1|127.0.0.1|x|', ' |1|127.0.0.1!51200|',
	    ' 127,0,0,1,200,0';
};
requirement 'RFC 2428 2: an unknown family is 522, with those that are known' => sub {
	my $c = alice();

	gives($c, "EPRT |$_|127.0.0.1|51200|", 522, qr/\(1,2\)\.?\z/) for 0, 3, 99;
};
requirement 'RFC 2428 2: a family that cannot be used here is 522, with the one that can' => sub {
	gives(alice(), 'EPRT |2|::1|51200|', 522, qr/\(1\)\.?\z/);
};
requirement6 'RFC 2428 2: over IPv6 that one is 2' => sub {
	gives(alice(address => '::1'), 'EPRT |1|127.0.0.1|51200|', 522, qr/\(2\)\.?\z/);
};
requirement 'RFC 2428 3: EPSV is 229 with (<d><d><d>port<d>) in parentheses' => sub {
	my $c = alice();
	my ($line) = gives($c, 'EPSV', 229);

	holds($line =~ /\A229 [^(]*\(([!-~])\1\1(\d+)\1\)/, $line);
	same($1, '|', 'delimiter');
	holds($c->dial($2), 'a listener');
};
requirement 'RFC 2428 3: EPSV serves a transfer' => sub {
	same((alice()->retr('file', 'epsv'))[0], 'content', 'RETR');
};
requirement6 'RFC 2428 3: EPSV serves a transfer over IPv6' => sub {
	same((alice(address => '::1')->retr('file', 'epsv'))[0], 'content', 'RETR');
};
requirement 'RFC 2428 3: EPSV listens at the address of the control connection' => sub {
	my $c = alice(address => '127.0.0.2', from => '127.0.0.2');
	my $port = $c->epsv_port;

	holds(!IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port),
	    'it listens elsewhere, too');
	holds($c->dial($port, '127.0.0.2'), 'a listener');
};
requirement 'RFC 2428 3: EPSV with the family of the connection is 229' => sub {
	gives(alice(), 'EPSV 1', 229);
};
requirement6 'RFC 2428 3: EPSV 2 over IPv6 is 229' => sub {
	gives(alice(address => '::1'), 'EPSV 2', 229);
};
requirement 'RFC 2428 3: EPSV with another family is 522' => sub {
	my $c = alice();

	gives($c, $_, 522, qr/\(1\)/) for 'EPSV 2', 'EPSV 3';
};
requirement 'RFC 2428 3: EPSV with nonsense is 501' => sub {
	my $c = alice();

	gives($c, $_, 501) for 'EPSV x', 'EPSV 1 2', 'EPSV ALLX';
};
requirement 'RFC 2428 4: EPSV ALL is 200, in any case' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'EPSV ALL', 'epsv all';
};
requirement 'RFC 2428 4: after EPSV ALL only EPSV sets up data connections' => sub {
	my $c = alice();

	gives($c, 'EPSV ALL', 200);
	gives($c, $_, 503) for 'PASV', 'PORT 127,0,0,1,200,0',
	    'EPRT |1|127.0.0.1|51200|';
	same(($c->retr('file', 'epsv'))[0], 'content', 'RETR');
};
requirement 'RFC 2428 4: what was prepared before EPSV ALL and refused after is gone' => sub {
	my $c = alice();

	gives($c, 'EPSV ALL', 200);
	gives($c, 'PORT 127,0,0,1,200,0', 503);
	gives($c, 'RETR file', 425);
};
requirement6 'RFC 2428 1: PASV and PORT, made for IPv4, are refused over IPv6' => sub {
	my $c = alice(address => '::1');

	gives($c, 'PASV', 522);
	within($c, 'PORT 127,0,0,1,200,0', 522, 501);
};

$server->done;
done_testing;
