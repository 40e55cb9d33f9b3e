#!/usr/bin/perl
# Transcript tier, no root: RANG, REST with an end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { ascii_download_enable => 'YES' },
    users => { alice => {}, plain => { use_sendfile => 'NO' },
	slow => { local_max_rate => 1000000 }, bob => { download_enable => 'NO' } });
my $text = join '', map { chr 65 + $_ % 26 } 1 .. 1000000;

$server->file('file', $text);
$server->file('lines', "a\nb\nc\n");
my $c = $server->connect;
$c->expect('RANG 0 1', 530);
$c->login('alice');

# Both ends count; by sendfile() and by the buffer.
for my $who ('alice', 'plain') {
	$c = $server->login($who);
	$c->expect('TYPE I', 200);
	for my $range ([0, 0], [0, 9], [5, 5], [10, 999999], [999990, 2000000],
	    [300000, 900000], [999999, 999999], [0, '9223372036854775807']) {
		my ($start, $end) = @$range;
		my $want = substr $text, $start, $end - $start + 1;

		$c->expect("RANG $start $end", 350);
		my ($bytes, $code, undef, $words) = $c->retr('file');
		ok($bytes eq $want && $code eq 226, "$who: RANG $start $end");
		my $length = length $want;
		like($words, qr/\($length bytes\)/, '150 tells how many');
	}
	is(length(($c->retr('file'))[0]), 1000000, 'it is for one transfer');
	$c->expect('RANG 5 9', 350);
	$c->expect('RANG 1 0', 350);
	is(length(($c->retr('file'))[0]), 1000000, '1 0 takes it back');
	$c->expect('RANG 5 9', 350);
	$c->expect('REST 999999', 350);
	is(($c->retr('file'))[0], substr($text, -1), 'and so does REST');
	$c->expect('RANG 5 9', 350);
	$c->expect('NOOP', 200);
	is(($c->retr('file'))[0], substr($text, 5, 5), 'NOOP does not');
	$c->expect('RANG 5 9', 350);
	$c->expect('CWD /', 250);
	is(length(($c->retr('file'))[0]), 1000000, 'CWD does');
	$c->expect('RANG 5 9', 350);
	my ($whole) = $c->fetch('NLST');
	is($whole, "file\r\nlines\r\n", 'a listing is not cut');
	$c->expect('RANG 1000001 1000002', 350);
	$c->pasv;
	$c->expect('RETR file', 554, undef, 'beyond the end');
	$c->expect('RANG 1000000 1000002', 350);
	is(($c->retr('file'))[0], '', 'at the end there is nothing');
	$c->quit;
}

# What is sent counts: line ends are two bytes.
$c = $server->login('alice');
$c->expect('TYPE A', 200);
for my $range ([0, 1], [1, 4], [2, 2], [3, 100]) {
	$c->expect("RANG @$range", 350);
	is(($c->retr('lines'))[0],
	    substr("a\r\nb\r\nc\r\n", $range->[0], $range->[1] - $range->[0] + 1),
	    "RANG @$range in TYPE A");
}

# Uploads have no range, and keep the old file.
$c->expect('TYPE I', 200);
for my $line ('STOR file', 'APPE file', 'STOU') {
	$c->expect('RANG 0 9', 350);
	$c->pasv;
	$c->expect($line, 554);
}
ok($server->content('file') eq $text, 'the file is as it was');
$c->expect("RANG $_", 501) for '', '1', '1 ', ' 1 2', '1  2', '1 2 3', '2 1',
    '-1 5', '0 x', 'x 0', '+1 2', '9223372036854775808 9223372036854775809';
$c->quit;
$c = $server->login('bob');
$c->expect('RANG 0 1', 550, undef, 'download_enable=NO');
$c->quit;

# With a rate the end is met, too.
$c = $server->login('slow');
$c->expect('TYPE I', 200);
$c->expect('RANG 100 200099', 350);
ok(($c->retr('file'))[0] eq substr($text, 100, 200000), 'with local_max_rate');
$c->quit;
done_testing;
