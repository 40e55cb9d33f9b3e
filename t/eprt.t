#!/usr/bin/perl
# Transcript tier, no root: EPRT (RFC 2428 section 2).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'content');
my $c = $server->connect;
$c->expect('EPRT |1|127.0.0.1|51200|', 530);
$c->login('alice');
is(($c->retr('file', 'eprt'))[0], 'content', 'a transfer');
$c->expect('EPRT |1|127.0.0.1|51200|', 200);
$c->expect('EPRT !1!127.0.0.1!51200!', 200, undef, 'another delimiter');
$c->expect("EPRT $_", 501) for '', '|', '||', '|1|127.0.0.1|51200',
    '|1|127.0.0.1|51200|x', '|1|127.0.0.1|65536|', '|1|127.0.0.1|x|',
    '|1|127.0.0.1||', '|1||51200|', '|x|127.0.0.1|51200|', '|1|127.0.0|51200|',
    '|1|localhost|51200|', '|1|::1|51200|', '|2|127.0.0.1|51200|',
    '|1|127.0.0.1!51200|', '1|1|127.0.0.1|51200|', '|1|127.0.0.1|-1|',
    '|1|' . '1' x 300 . '|51200|';
$c->expect('EPRT |3|127.0.0.1|51200|', 522, qr/\(1,2\)/, 'family 3');
$c->expect('EPRT |2|::1|51200|', 522, qr/\(1\)/, 'not the family we are on');
$c->expect('EPRT |1|127.0.0.2|51200|', 500, undef, 'another address');
$c->expect('EPRT |1|127.0.0.1|1023|', 500, undef, 'port 1023');
$c->expect('EPRT |1|127.0.0.1|1024|', 200, undef, 'port 1024');
$c->quit;

SKIP: {
	skip 'no ::1 on this machine', 3 unless Inftpd::Test::has_ipv6();
	$c = $server->login('alice', address => '::1');
	is(($c->stor('six', 'bytes', 'eprt'))[0], 226, 'over IPv6');
	$c->expect('EPRT |2|::2|51200|', 500, undef, 'another address');
	$c->expect('EPRT |2|::ffff:127.0.0.1|51200|', 522, undef,
	    'an IPv4 address in IPv6 clothes is not the family we are on');
	$c->quit;
}
done_testing;
