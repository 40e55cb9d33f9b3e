#!/usr/bin/perl
# System tier: lftp (GnuTLS) at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my %line = (
	list => 'cls %s', get => 'get %s -o %s', put => 'put %s -o %s',
	reget => 'get -c %s -o %s', reput => 'put -c %s -o %s',
	get_time => 'get %s -o %s', put_time => 'put %s -o %s',
	get_tree => 'mirror %s %s', put_tree => 'mirror -R %s %s',
	rename => 'mv %s %s', remove => 'rm %s', mkdir => 'mkdir %s',
	rmdir => 'rmdir %s',
	abort => 'get %s -o %s & sleep 1; kill all',
);

sub lftp {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my $scheme = ($how->{tls} // '') eq 'implicit' ? 'ftps' : 'ftp';
	my @settings = ('net:max-retries 1', 'cmd:fail-exit yes',
	    "ssl:ca-file $how->{ca}", 'net:timeout 20',
	    'ftp:passive-mode ' . ($how->{active} ? 'no' : 'yes'),
	    'ftp:ssl-allow ' . ($how->{tls} ? 'yes' : 'no'),
	    'ftp:ssl-force ' . ($how->{tls} ? 'yes' : 'no'),
	    'ftp:ssl-protect-data yes', 'ftp:ssl-protect-list yes');

	return (['lftp', '-f', '.input'], join '', map { "$_\n" }
	    (map { "set $_" } @settings),
	    "open -u $how->{user},$how->{password} $scheme://$host:21",
	    map { sprintf $line{$_->[0]}, quoted(@$_[1 .. $#$_]) } @steps);
}

my $client = { name => 'lftp', packages => ['lftp'],
    version => 'lftp --version', run => \&lftp };

jobs($client);
jobs($client, tls => 'explicit');
many($client);
hosts($client, sni => ['explicit', 'implicit'], host => 'itself');
done_testing;
